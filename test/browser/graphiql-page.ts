import type { BrowserContext, Page } from "playwright-core";

/** What is used of a page's globals. */
interface Stored {
	readonly localStorage: { getItem(item: string): string | null };
}

/** What a person does in GraphiQL and sees there. */
export interface GraphiQLPage {
	readonly page: Page;
	/** The names of the tabs, from left to right. */
	tabs(): Promise<string[]>;
	/** Goes to a tab, which has the name of its operation. */
	goTo(tab: string): Promise<void>;
	/** Opens a new tab and types the document of an operation there. */
	type(operation: string, document: string): Promise<void>;
	/** Writes between the quotes that end the empty Authorization header. */
	paste(authorization: string): Promise<void>;
	execute(): Promise<void>;
	/** Resolves when the result window shows the text. */
	shows(text: string): Promise<void>;
	/** Opens the documentation and types into its search; what it lists, once there is something. */
	search(words: string): Promise<string[]>;
	/** The whole result, scrolled out of sight or not. */
	result(): Promise<string>;
}

export async function openGraphiQL(context: BrowserContext, url: string): Promise<GraphiQLPage> {
	const page = await context.newPage();
	const schemaIsRead = page.waitForResponse((response) => response.request().postData()?.includes("IntrospectionQuery") === true);
	await page.goto(url);
	await (await schemaIsRead).finished();
	const editor = page.getByRole("region", { name: "Operation Editor" }).locator(".view-lines");
	const answer = page.getByRole("region", { name: "Result Window" });
	await editor.getByText("{").first().waitFor();
	// A function: the page's Content-Security-Policy lets no text be evaluated.
	const isStored = (item: string, text: string) =>
		page.waitForFunction(([item, text]) => (globalThis as never as Stored).localStorage.getItem(item)?.includes(text), [item, text] as const);
	/** GraphiQL reads what its editor shows a little later: until then it would execute the operation before it. */
	const isRead = (operation: string) => isStored("graphiql:query", ` ${operation} {`);
	/** Which tab is open it stores later still: a page that is closed before comes back to another one. */
	const isLeft = (operation: string) =>
		page.waitForFunction((text) => {
			const state = JSON.parse((globalThis as never as Stored).localStorage.getItem("graphiql:tabState") ?? "null");
			return state?.tabs[state.activeTabIndex]?.query?.includes(text);
		}, ` ${operation} {`);

	return {
		page,
		tabs: async () => (await page.getByRole("tab").allInnerTexts()).map((text) => text.trim()),
		goTo: async (tab) => {
			await page.getByRole("button", { name: tab, exact: true }).click();
			await isRead(tab);
			await isLeft(tab);
		},
		type: async (operation, document) => {
			await page.getByRole("button", { name: "New tab" }).click();
			await page.getByRole("tab", { name: "<untitled>", selected: true }).waitFor();
			await editor.click();
			await page.keyboard.press("ControlOrMeta+A");
			await page.keyboard.insertText(document);
			await isRead(operation);
		},
		paste: async (authorization) => {
			await page.getByRole("region", { name: "Headers" }).getByText("Authorization").click();
			for (const key of ["End", "ArrowLeft"]) await page.keyboard.press(key);
			await page.keyboard.insertText(authorization);
			await isStored("graphiql:headers", authorization);
		},
		execute: () => page.getByRole("button", { name: /^Execute query/ }).click(),
		shows: async (text) => {
			await answer.getByText(text).first().waitFor();
		},
		search: async (words) => {
			const book = page.getByRole("button", { name: "Show Documentation Explorer" });
			if (await book.isVisible()) await book.click();
			const input = page.getByPlaceholder(/Search/).or(page.getByRole("combobox"));
			await input.first().fill(words);
			await page.getByRole("option").first().waitFor();
			return page.getByRole("option").allInnerTexts();
		},
		result: () => page.evaluate<string>("document.querySelector('.result-window .view-lines').innerText"),
	};
}
