import type { GraphiQLOptions } from "graphql-yoga";
import { preparedTabs } from "./graphiql-tabs.ts";

/** What the headers editor holds at first: in the demo it signs in; elsewhere GraphiQL reads the schema unsigned until a token is pasted. */
const demoHeaders = `{
  "Authorization": "Token demo_provider"
}`;
const emptyHeaders = `{
  // Paste your token: "Token ugw_..."
  "Authorization": ""
}`;

/** GraphiQL, served from this process alone, opening with queries to try. */
export function graphiqlOptions(isDemo: boolean): GraphiQLOptions {
	const headers = isDemo ? demoHeaders : emptyHeaders;
	return {
		title: "usage-gateway",
		subscriptionsProtocol: "WS",
		headers,
		defaultHeaders: headers,
		shouldPersistHeaders: true,
		defaultTabs: preparedTabs.map((query) => ({ query, headers })),
	};
}

/** Pressed by the mouse, a tab of GraphiQL shrinks away from under it, and is not selected. */
const steadyTabs = "<style>.graphiql-tab { transform: none !important }</style>";

/** GraphiQL's page, with its script and styles in it: nine million characters, loaded when a browser first opens it. */
export async function graphiqlPage(options?: GraphiQLOptions): Promise<string> {
	const { renderGraphiQL } = await import("@graphql-yoga/render-graphiql");
	return renderGraphiQL(options).replace("</head>", `${steadyTabs}</head>`);
}
