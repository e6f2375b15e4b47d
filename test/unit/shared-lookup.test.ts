import { expect, test } from "vitest";
import type { Viewer } from "../../src/access/viewer.ts";
import type { RowSelection } from "../../src/database/select.ts";
import { sharedLookup } from "../../src/reading/shared-lookup.ts";
import type { Statements } from "../../src/reading/statements.ts";

const named: RowSelection = { columns: new Set(["uuid", "name"]), links: new Map() };
const stated: RowSelection = { columns: new Set(["uuid", "state"]), links: new Map() };

const viewer = (username: string) => ({ username }) as Viewer;

/** What was read, statement by statement; rows tell who reads them. */
function readings() {
	const read: string[] = [];
	const of = ({ username }: Viewer) =>
		({
			visible: async (model, { columns }, uuids) => {
				read.push(`${username}: ${[...columns].join()} of ${model} ${uuids.join()}`);
				return uuids.map((uuid) => (uuid === "gone" ? null : { uuid, readBy: username }));
			},
		}) as Pick<Statements, "visible">;
	const ask = (one: Viewer, uuid: string, selection = named) => sharedLookup(one, () => of(one), "Resource", selection, uuid);
	return { read, ask };
}

test("what is asked for in one turn is read once, each row for whom it was asked", async () => {
	const { read, ask } = readings();
	const ann = viewer("ann");
	const rows = await Promise.all([ask(ann, "a"), ask(ann, "b"), ask(ann, "gone"), ask(ann, "a")]);
	expect(rows.map((row) => row?.["uuid"])).toEqual(["a", "b", undefined, "a"]);
	expect(read).toEqual(["ann: uuid,name of Resource a,b,gone"]);
});

test("viewers who ask in one turn are read for one by one, even when they are the same person", async () => {
	const { read, ask } = readings();
	const [ann, ben, annAgain] = [viewer("ann"), viewer("ben"), viewer("ann")];
	const rows = await Promise.all([ask(ann, "a"), ask(ben, "a"), ask(annAgain, "b")]);
	expect(rows.map((row) => row?.["readBy"])).toEqual(["ann", "ben", "ann"]);
	expect(read).toEqual(["ann: uuid,name of Resource a", "ben: uuid,name of Resource a", "ann: uuid,name of Resource b"]);
});

test("what is asked for in a later turn is read anew", async () => {
	const { read, ask } = readings();
	const ann = viewer("ann");
	await ask(ann, "a");
	await ask(ann, "a");
	expect(read).toHaveLength(2);
});

test("rows of which something else is asked are read by a statement of their own", async () => {
	const { read, ask } = readings();
	const ann = viewer("ann");
	await Promise.all([ask(ann, "a"), ask(ann, "a", stated)]);
	expect(read).toEqual(["ann: uuid,name of Resource a", "ann: uuid,state of Resource a"]);
});
