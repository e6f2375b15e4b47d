import { describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { changed, id, smallWorld, worldWith } from "./small-world.ts";
import { importFolder, type Lists, testDatabase, testFolders } from "./support.ts";

const database = testDatabase();
const folder = testFolders();
const imported = async (lists: Lists) => importFolder(database(), await folder(lists));
const usages = (...fields: object[]): Lists => ({
	"marketplace-component-usages": fields.flatMap((field) => changed("marketplace-component-usages", field)),
});
const current = async () => {
	const [resource] = await database().rows<{ currentUsages: object }>(sql`select "currentUsages" from "Resource"`);
	return resource?.currentUsages;
};

describe("after an import a resource's current usage", () => {
	test("is that of the latest month, in whatever order the months come", async () => {
		await imported(smallWorld());
		await imported(usages({ uuid: id(82), billing_period: "2024-05-01", usage: 9.25 }, { uuid: id(81), billing_period: "2024-02-01", usage: 1 }));

		expect(await current()).toEqual({ cpu: "9.25" });
	});

	test("is what the latest record was corrected to", async () => {
		await imported(smallWorld());
		await imported(usages({ usage: 8 }));

		expect(await current()).toEqual({ cpu: "8" });
	});

	test("is that of the month before when the latest record becomes one of an earlier month", async () => {
		await imported(smallWorld());
		await imported(usages({ uuid: id(81), billing_period: "2024-02-01", usage: 1 }, { billing_period: "2024-01-01" }));

		expect(await current()).toEqual({ cpu: "1" });
	});

	test("is the source's own figure only of a type without any record", async () => {
		await imported(smallWorld());
		await imported({ "marketplace-resources": changed("marketplace-resources", { current_usages: { cpu: 99, ram: "3" } }) });

		expect(await current()).toEqual({ cpu: "7.5", ram: "3" });
	});
});

test("a resource whose source tells another current usage than its records is unchanged", async () => {
	const world = worldWith({ "marketplace-resources": changed("marketplace-resources", { current_usages: { cpu: 99 } }) });
	await imported(world);
	const { created, updated } = await imported(world);

	expect({ created, updated }).toEqual({ created: 0, updated: 0 });
});
