import type { Dataset, Period } from "./dataset.ts";
import { demoCatalogue } from "./demo-offerings.ts";
import { customerUuid, demoPeople, offeringUuid, projectUuid } from "./demo-people.ts";
import { demoPolicies, monthlyHours, monthlyPolicy, policyUuid } from "./demo-policies.ts";
import { demoReporters, demoResources, resourceUuid } from "./demo-resources.ts";
import { dashed } from "./random.ts";

/** A small believable world: universities, a hospital and companies that consume what three providers sell. */
export function demoDataset(period: Period): Dataset {
	return {
		lists: { ...demoPeople(period), ...demoCatalogue(), ...demoResources(period), ...demoPolicies(period) },
		reporters: demoReporters(period),
	};
}

/** Objects of the demo world that examples and tests are about; uuids are dashed, amounts are decimals of the measured unit. */
export const demoHandles = {
	/** What the customer of the user `provider` sells. */
	offering: dashed(offeringUuid("Larch supercomputer")),
	/** A resource of that offering: OK, with a plan and an open plan period, nothing reported in the last month. */
	resource: dashed(resourceUuid("Climate modelling", "Larch supercomputer")),
	/** Its project, of the users `manager` and `member`. */
	project: dashed(projectUuid("Climate modelling")),
	/** Its customer, of the user `owner`. */
	customer: dashed(customerUuid("University of Larkholm")),
	/** A policy on the offering that limits the component over one month, and has not fired. */
	policy: dashed(policyUuid(monthlyPolicy)),
	/** A component without a provider's cap. */
	componentType: "cpu_hours",
	/** Reported for the resource this month, it leaves the policy quiet, beside all else that the world reports. */
	quietAmount: "1250.5",
	/** Reported for the resource this month, it makes the policy fire. */
	alertAmount: (monthlyHours + 1).toFixed(2),
} as const;
