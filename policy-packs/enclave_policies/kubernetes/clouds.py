"""What clouds' own controllers are called: on a cluster of our own they lead into that cloud."""

from __future__ import annotations

from typing import Final

STORAGE_DRIVERS: Final = (
    *("kubernetes.io/aws-ebs", "kubernetes.io/gce-pd", "kubernetes.io/azure-disk", "kubernetes.io/azure-file"),
    *("ebs.csi.aws.com", "efs.csi.aws.com", "fsx.csi.aws.com", "s3.csi.aws.com", "file.csi.aws.com"),
    *("ebs.csi.eks.amazonaws.com", "fsx.openzfs.csi.aws.com", "outposts.aws"),
    *("pd.csi.storage.gke.io", "filestore.csi.storage.gke.io", "gcsfuse.csi.storage.gke.io"),
    *("parallelstore.csi.storage.gke.io", "lustre.csi.storage.gke.io"),
    *("disk.csi.azure.com", "file.csi.azure.com", "blob.csi.azure.com", "containerstorage.csi.azure.com"),
    *("dobs.csi.digitalocean.com", "csi.hetzner.cloud", "linodebs.csi.linode.com", "block.csi.vultr.com"),
    *("blockvolume.csi.oraclecloud.com", "fss.csi.oraclecloud.com", "csi.scaleway.com", "csi.exoscale.com"),
    *("diskplugin.csi.alibabacloud.com", "nasplugin.csi.alibabacloud.com", "ossplugin.csi.alibabacloud.com"),
    *("vpc.block.csi.ibm.io", "ibm.io/ibmc-file", "com.tencent.cloud.csi.cbs", "com.tencent.cloud.csi.cosfs"),
    *("disk.csi.everest.io", "obs.csi.everest.io", "csi.civo.com", "bs.csi.ionos.com", "ru.yandex.s3.csi"),
)
"""CSI drivers and provisioners whose volumes lie in a public cloud."""
LOCAL_DRIVERS: Final = (
    *("topolvm.io", "topolvm.cybozu.com", "local.csi.openebs.io", "zfs.csi.openebs.io", "jiva.csi.openebs.io"),
    *("io.openebs.csi-mayastor", "hostpath.csi.k8s.io", "driver.longhorn.io", "linstor.csi.linbit.com"),
    *("directpv-min-io", "local.csi.k8s.io", "metal-stack.io", "rawfile.csi.openebs.io"),
)
"""CSI drivers whose volumes lie on the cluster's own nodes; Rook's begin with the namespace of its cluster."""
ROOK: Final = (".rbd.csi.ceph.com", ".cephfs.csi.ceph.com", ".nfs.csi.ceph.com")
DISKS: Final = frozenset({"awsElasticBlockStore", "gcePersistentDisk", "azureDisk", "azureFile"})
"""Volume sources that are a cloud's own disks and shares."""

BALANCER_CLASSES: Final = (
    *("service.k8s.aws/", "eks.amazonaws.com/", "elbv2.k8s.aws/", "networking.gke.io/", "cloud.google.com/"),
    *("service.beta.kubernetes.io/azure", "azure", "alibabacloud.com/", "networking.oci.oraclecloud.com/"),
    *("tailscale", "ngrok", "cloudflare", "inlets", "internal-", "gke-", "gce", "alb", "nlb", "aws", "oci"),
)
OWN_BALANCER_CLASSES: Final = (
    *("metallb", "purelb", "kube-vip", "io.cilium/", "loxilb", "openelb", "lb.kubesphere.io/", "cilium", "bgp.cilium"),
    *("nginx", "haproxy", "traefik", "contour", "envoy", "istio", "kong", "servicelb", "k3s", "svccontroller.k3s"),
    *("porter", "akri", "ovn", "kube-ovn", "antrea", "calico", "keepalived"),
)
"""Load balancers that run in the cluster or its own network."""
BALANCER_ANNOTATIONS: Final = (
    *("service.beta.kubernetes.io/aws-load-balancer-", "service.beta.kubernetes.io/azure-"),
    *("alb.ingress.kubernetes.io/", "cloud.google.com/", "networking.gke.io/", "ingress.gcp.kubernetes.io/"),
    *("appgw.ingress.kubernetes.io/", "service.beta.kubernetes.io/oci-load-balancer", "oci.oraclecloud.com/"),
    *(
        "service.beta.kubernetes.io/do-loadbalancer-",
        "load-balancer.hetzner.cloud/",
        "service.beta.kubernetes.io/linode",
    ),
    *("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-", "service.beta.kubernetes.io/scw-loadbalancer-"),
    *("service.kubernetes.io/ibm-load-balancer-cloud-provider-", "service.kubernetes.io/qcloud-"),
    *("service.beta.kubernetes.io/exoscale-", "service.beta.kubernetes.io/vultr-", "kubernetes.io/elb."),
    *("tailscale.com/", "k8s.ngrok.com/", "cloudflare-operator.io/", "cloudflare-tunnel-ingress-controller"),
    "external-dns.alpha.kubernetes.io/cloudflare-proxied",
)
INGRESS_CLASSES: Final = frozenset(
    {"alb", "nlb", "gce", "gce-internal", "gke-l7-global-external-managed", "azure-application-gateway", "oci-native"}
    | {"azure/application-gateway", "tailscale", "ngrok", "cloudflare-tunnel", "cloudflare", "webapprouting", "aws-alb"}
)
INGRESS_CONTROLLERS: Final = (
    *("ingress.k8s.aws/", "eks.amazonaws.com/", "k8s.io/ingress-gce", "networking.gke.io/", "azure/", "tailscale.com/"),
    *("k8s.ngrok.com/", "gateway.k8s.aws/", "application-networking.k8s.aws/", "alb.networking.azure.io/"),
    *("strrl.dev/cloudflare", "webapprouting.kubernetes.azure.com/", "oci.oraclecloud.com/"),
)
"""Ingress and gateway controllers of a cloud or of a relay abroad."""

VIRTUAL_NODES: Final = (
    *("virtual-kubelet.io/", "liqo.io/", "virtual-node.liqo.io/", "multicluster.admiralty.io/", "azure.com/aci"),
    *("eks.amazonaws.com/compute-type", "k8s.scaleway.com/virtual", "kubernetes.azure.com/virtual"),
)
"""Labels and taints of nodes that stand for another cluster or for a cloud."""


def begins_with(text: str, beginnings: tuple[str, ...]) -> bool:
    """Return whether a text begins with one of these, whatever the case."""
    return text.lower().startswith(beginnings)
