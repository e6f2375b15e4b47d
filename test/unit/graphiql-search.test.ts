import { buildSchema } from "graphql";
import { describe, expect, test } from "vitest";
import { inBrowser } from "../../src/server/graphiql/in-browser.ts";
import { searchSchema, withSearch } from "../../src/server/graphiql/search.ts";

const schema = buildSchema(`
	"""Where one asks."""
	type Query {
		"""Turns of policies: the alerts."""
		firings(
			"""Those of one kind of alarm."""
			kind: String
		): [Firing!]!
		things: [Firing!]!
	}
	"""An alert of a policy."""
	type Firing {
		"""What the alert is about."""
		subject: String
		alert_level: Int
	}
	enum Colour { RED }
`);

const search = (words: string, shown?: string) => searchSchema(schema, shown === undefined ? undefined : schema.getType(shown), words);
const names = (found: ReturnType<typeof search>) =>
	Object.fromEntries(
		Object.entries(found).map(([list, matches]) => [
			list,
			matches.map(({ type, field, argument }: (typeof matches)[number]) => [type, field, argument].flatMap((thing) => thing?.name ?? []).join(".")),
		]),
	);

describe("the search of the documentation", () => {
	test("finds what has a word in its name, then what has it in its description, fields of Query first among equals", () => {
		expect(names(search("ALERT"))).toEqual({ within: [], types: ["Firing"], fields: ["Firing.alert_level", "Query.firings", "Firing.subject"] });
	});

	test("sets the fields of the type that is shown apart", () => {
		expect(names(search("alert", "Firing"))).toEqual({ within: ["Firing.alert_level", "Firing.subject"], types: [], fields: ["Query.firings"] });
	});

	test("finds an argument where its field is not found", () => {
		expect(names(search("alarm")).fields).toEqual(["Query.firings.kind"]);
		expect(names(search("firings")).fields).toEqual(["Query.firings"]);
	});

	test("wants all the words, in any order", () => {
		expect(names(search("policies turns")).fields).toEqual(["Query.firings"]);
		expect(names(search("policies colour"))).toEqual({ within: [], types: [], fields: [] });
	});

	test.each(["", "  ", ".*", "[a-z]", "\\\\w"])("finds nothing by «%s»", (words) => {
		expect(names(search(words))).toEqual({ within: [], types: [], fields: [] });
	});

	test("finds nothing before the schema is read", () => {
		expect(names(searchSchema(null, undefined, "alert"))).toEqual({ within: [], types: [], fields: [] });
	});

	test("lists 100 at most", () => {
		const many = buildSchema(`type Query { ${Array.from({ length: 120 }, (_, number) => `alert${number}: Int`).join(" ")} }`);
		expect(searchSchema(many, undefined, "alert").fields.length).toBe(100);
	});

	test("runs as its text alone, as in a browser", () => {
		const ran = new Function("schema", `${inBrowser("searchSchema", searchSchema)} return searchSchema(schema, undefined, "subject");`)(schema);
		expect(names(ran).fields).toEqual(["Firing.subject"]);
	});

	test("is not left to GraphiQL's own when that is written in another way", () => {
		expect(() => withSearch("const another = search;")).toThrow("GraphiQL's own search was not found");
	});
});
