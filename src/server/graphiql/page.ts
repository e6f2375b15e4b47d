import type { PageFiles } from "./files.ts";

/** What GraphiQL opens with. */
export interface PageOptions {
	/** Whether the demo's tokens sign in. */
	readonly isDemo: boolean;
	/** The documents of its tabs. */
	readonly tabs: readonly string[];
}

/** What the headers editor holds at first: in the demo it signs in; elsewhere GraphiQL reads the schema unsigned until a token is pasted. */
const demoHeaders = `{
  "Authorization": "Token demo_provider"
}`;
const emptyHeaders = `{
  // Paste your token: "Token ugw_..."
  "Authorization": ""
}`;

/** GraphiQL's page: it names its files by addresses beside its own, so that it can be served below any path. */
export function pageOf({ script, style, icon }: PageFiles, folder: string, { isDemo, tabs }: PageOptions): string {
	const headers = isDemo ? demoHeaders : emptyHeaders;
	const options = {
		title: "usage-gateway",
		subscriptionsProtocol: "WS",
		headers,
		defaultHeaders: headers,
		shouldPersistHeaders: true,
		defaultTabs: tabs.map((query) => ({ query, headers })),
	};
	return `<!doctype html>
<html lang="en">
	<head>
		<meta charset="utf-8" />
		<meta name="viewport" content="width=device-width, initial-scale=1" />
		<title>${options.title}</title>
		<link rel="icon" href="${folder}/${icon}" />
		<link rel="stylesheet" href="${folder}/${style}" />
		<script src="${folder}/${script}" defer></script>
	</head>
	<body id="body" class="no-focus-outline">
		<noscript>GraphiQL needs JavaScript.</noscript>
		<div id="root"></div>
		<script id="options" type="application/json">${JSON.stringify(options).replaceAll("<", "\\u003c")}</script>
	</body>
</html>
`;
}
