import { lookedUp } from "../../graphql/fields/filters.ts";
import { type Names, nameContains, objectNames, usernames } from "./name.store.ts";
import { searchedPart } from "./name.ts";

/** Rows whose name contains what is given, in any case: the names that do are looked up in an index, and then the rows that have them. */
const named = (description: string, argument: string, names: Names, column: string) =>
	lookedUp(`${description} contains this, in any case, by Unicode: 3 to 100 characters.`, (part) => {
		const searched = searchedPart(part, argument);
		return (queries) => nameContains(queries, names, column, searched);
	});

/** The filter of objects that are listed, by a part of what they are called. */
export const search = (description = "Whose name", column = "name") => named(description, "search", objectNames, column);

/** The filter of parts of usage records, by a part of the username. */
export const usernamePart = named("Whose username", "username", usernames, "username");
