import { addMonths, type BillingPeriod, type Months, quarterOf, yearOf } from "../../shared/billing-period.ts";
import { demoHandles } from "../../world/demo.ts";

/** The whole calendar quarter before the month's own, and the whole calendar year. */
const lastQuarter = (month: BillingPeriod): Months => quarterOf(addMonths(month, -3));
const lastYear = (month: BillingPeriod): Months => yearOf(addMonths(month, -12));

const explore = `# Resources with everything around them.
# Every field has its documentation: hover it,
# or open the book at the top left and search it
# by any word, such as alert, export, threshold.
query Explore {
  resources(first: 5, filter: { states: [OK] }) {
    totalCount
    nodes {
      name
      state
      offering {
        name
        category { title }
        components { type name measuredUnit }
      }
      project { name customer { name } }
      currentUsages { type amount }
      componentUsages(first: 4) {
        nodes {
          billingPeriod
          usage
          component { name measuredUnit }
          userUsages(first: 3) {
            nodes { username usage }
          }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`;

const cpuHoursByProject = ({ start, end }: Months) => `# Projects by the CPU hours of the last quarter,
# the most first, and how that changed from the
# quarter before it.
query CpuHoursByProject {
  usageTotals(
    groupBy: [PROJECT]
    filter: {
      types: ["cpu_hours"]
      billingPeriodFrom: "${start}"
      billingPeriodTo: "${end}"
    }
    orderBy: { field: TOTAL, direction: DESC }
    first: 25
    withRest: true
    comparePrevious: true
  ) {
    nodes {
      project { name customer { name } }
      total
      change
      measuredUnit
    }
    rest { groups total }
  }
}
`;

const storageByUser = (month: BillingPeriod) => `# A resource's storage by month and user: a line
# for each user, a point for each month. A month
# is null where nothing was reported of the user.
# Paste the uuid of a resource of yours, and the
# type of its storage.
query StorageByUser {
  resource(
    uuid: "${demoHandles.resource}"
  ) {
    name
    usageSeries(
      from: "${addMonths(month, -11)}"
      to: "${month}"
      types: ["storage_gb"]
      byUser: true
    ) {
      username
      measuredUnit
      points { billingPeriod usage }
    }
  }
}
`;

const topConsumers = ({ start, end }: Months) => `# The ten biggest consumers of an offering in the
# last quarter, and what all others used together.
# Paste the uuid of an offering and the type of
# one of its components.
query TopConsumers {
  usageTotals(
    groupBy: [CUSTOMER]
    filter: {
      offerings: [
        "${demoHandles.offering}"
      ]
      types: ["${demoHandles.componentType}"]
      billingPeriodFrom: "${start}"
      billingPeriodTo: "${end}"
    }
    orderBy: { field: TOTAL, direction: DESC }
    first: 10
    withRest: true
  ) {
    nodes {
      customer { name }
      total
      measuredUnit
    }
    rest { groups total }
  }
}
`;

const yearAsCsv = (year: string) => `# Last year's usage as CSV, all of it in one
# request, for a spreadsheet:
#
# curl -o usage.csv -H "Authorization: Token ..." \\
#   "https://.../export/componentUsages.csv?billingPeriodYear=${year}"
#
# Every list has such an export: its filters are
# parameters, and .ndjson is the other format.
# The same list here, page by page:
query YearAsCsv {
  componentUsages(
    first: 25
    filter: { billingPeriodYear: ${year} }
  ) {
    totalCount
    nodes {
      billingPeriod
      usage
      component { type measuredUnit }
      resource { name project { name } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`;

const policyUse = `# Which policies will fire? Today: what each has
# used of its limits so far, and whether it has
# fired. How the present rate goes on until the
# end of the window, a forecast, is not computed
# yet: compare used with limit.
query PolicyUse {
  offeringUsagePolicies(first: 25) {
    nodes {
      scope { name }
      periodName
      hasFired
      componentLimits {
        component { name measuredUnit }
        used
        limit
        exceeded
      }
    }
  }
}
`;

const quotaAlert = `# An alert before a quota is exceeded. Warnings at
# a share of a limit are not there yet. Today: a
# policy with a lower threshold, such as 80 % of
# the quota, alerts in time. This previews one:
# in which months it would have fired. A provider
# stores it with createOfferingUsagePolicy, and it
# sends mail; LiveAlerts, the next tab, follows it.
query QuotaAlert {
  previewOfferingUsagePolicy(input: {
    scope: "${demoHandles.offering}"
    applyToAll: true
    period: ONE_MONTH
    componentLimits: [{
      type: "${demoHandles.componentType}"
      limit: "12000"
    }]
  }) {
    ... on OfferingUsagePolicyPreview {
      wouldFire
      firedMonths
      componentLimits { used limit exceeded }
    }
    ... on Error { code message path }
  }
}
`;

const liveAlerts = `# Start this. Then open GraphiQL in a second
# browser window and report usage there: the alert
# arrives here. (Leaving this tab would stop it.)
subscription LiveAlerts {
  policyFirings {
    ... on PolicyFiringEvent {
      position
      firing {
        kind
        created
        offering { name }
        policy { periodName actions }
        breaches {
          component { name measuredUnit }
          used
          limit
        }
        cause { resource { name } usage }
      }
    }
    ... on PositionExpiredError { message }
  }
}
`;

const report = (name: string, comment: string, amount: string) => `${comment}
mutation ${name} {
  setUsage(input: {
    resource: "${demoHandles.resource}"
    usages: [{
      type: "${demoHandles.componentType}"
      amount: "${amount}"
    }]
  }) {
    ... on SetUsagePayload {
      componentUsages { billingPeriod type usage }
      firings { kind breaches { used limit } }
    }
    ... on Error { code message path }
  }
}
`;

const aboveTheLimit = "# Above the policy's limit: it fires, once.\n# LiveAlerts shows it in another window.";
const belowTheLimit = "# Below the limit again: the policy is reset,\n# and can fire anew.";

/**
 * The queries that GraphiQL opens with, in the month that it is opened in: one operation a tab, in lines that its editor shows
 * whole. What people ask for comes first, what the demo shows last. On the demo world they return data; elsewhere they show the way.
 */
export const tabsOf = (month: BillingPeriod): readonly string[] => [
	explore,
	cpuHoursByProject(lastQuarter(month)),
	storageByUser(month),
	topConsumers(lastQuarter(month)),
	yearAsCsv(lastYear(month).end.slice(0, 4)),
	policyUse,
	quotaAlert,
	liveAlerts,
	report("ReportAboveTheLimit", aboveTheLimit, demoHandles.alertAmount),
	report("ReportBelowTheLimit", belowTheLimit, demoHandles.quietAmount),
];
