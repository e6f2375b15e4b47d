import { demoHandles } from "../world/demo.ts";

/**
 * The queries that GraphiQL opens with, one operation a tab, in lines that its editor shows whole. On the demo world they
 * return data; elsewhere they show the way.
 */
const exploreTab = `# Resources with everything around them.
# Every field has its documentation: hover it,
# or open the book at the top left.
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

const liveAlertsTab = `# Start this. Then open GraphiQL in a second
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

const reportTab = (name: string, comment: string, amount: string) => `${comment}
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

export const preparedTabs: readonly string[] = [
	exploreTab,
	liveAlertsTab,
	reportTab("ReportAboveTheLimit", aboveTheLimit, demoHandles.alertAmount),
	reportTab("ReportBelowTheLimit", belowTheLimit, demoHandles.quietAmount),
];
