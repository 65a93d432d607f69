# The peer of an audit: the two rules that most guides to policy as code write for a region check.
package enclave

approved_regions := {"eu-west-1"}

approved_zones := {"eu-west-1a", "eu-west-1b", "eu-west-1c"}

deny contains message if {
	some change in input.resource_changes
	region := change.change.after.region
	not region in approved_regions
	message := sprintf("%s would be in %s", [change.address, region])
}

deny contains message if {
	some change in input.resource_changes
	zone := change.change.after.availability_zone
	not zone in approved_zones
	message := sprintf("%s would be in the zone %s", [change.address, zone])
}
