"""Small programs for what the program of every type does not show."""

HEAD = """
import json
import pulumi
import pulumi_aws as aws

config = pulumi.Config()
services = ("autoscaling", "ec2", "elbv2", "iam", "kms", "logs", "s3", "sts")
provider = aws.Provider(
    "local",
    region="eu-west-1",
    access_key="local",
    secret_key=config.get_secret("secretKey") or "local",
    endpoints=[aws.ProviderEndpointArgs(**dict.fromkeys(services, config.require("endpoint")))],
    skip_credentials_validation=True,
    skip_metadata_api_check=True,
    skip_requesting_account_id=True,
    s3_use_path_style=True,
    default_tags=aws.ProviderDefaultTagsArgs(tags={"enclave": "test"}),
)
options = pulumi.ResourceOptions(provider=provider)
"""
REPLACED = (
    HEAD
    + """
moved = config.get_bool("moved")
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=options)
subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.2.0/24" if moved else "10.0.1.0/24", opts=options)
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
aws.iam.Role("role", name="fixed", path="/b/" if moved else "/a/", assume_role_policy=json.dumps(trust), opts=options)
aws.kms.Key("key", key_usage="GENERATE_VERIFY_MAC" if moved else "ENCRYPT_DECRYPT",
    customer_master_key_spec="HMAC_256" if moved else "SYMMETRIC_DEFAULT", opts=options)
pulumi.export("subnet", subnet.id)
"""
)
SECRETS = (
    HEAD
    + """
import base64


def encoded(text):
    return base64.b64encode(text.encode()).decode()


hidden = config.require_secret("hidden")
aws.kms.Key("key", description=hidden, tags={"plain": "to-see", "owner": hidden}, opts=options)
group = aws.ec2.SecurityGroup("group", description="d", tags={"owner": hidden}, opts=options)
aws.ec2.LaunchTemplate("template", image_id="ami-1", user_data=hidden.apply(encoded), opts=options)
aws.iam.Role("role", description=hidden, assume_role_policy=hidden.apply(lambda text: json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Sid": text.replace("-", ""), "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
                   "Action": "sts:AssumeRole"}],
})), opts=options)
if config.get_bool("wrong"):
    aws.ec2.Vpc("wrong", cidr_block=hidden, opts=options)
"""
)
UNKNOWN_TYPE = (
    HEAD
    + """
aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=options)
aws.sqs.Queue("queue", opts=options)
"""
)
TAGGED = (
    HEAD
    + """
aws.ec2.SecurityGroup("group", description="d", tags={"owner": config.get("owner") or "first"}, opts=options)
"""
)
