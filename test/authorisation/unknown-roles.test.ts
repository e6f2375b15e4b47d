import { beforeAll, expect, test } from "vitest";
import { raw } from "../../src/database/sql.ts";
import { uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { gatewayForFile } from "../support/gateway.ts";

// A role that this service does not know: of a newer one, which runs beside it on the same database.
const gateway = gatewayForFile();
beforeAll(async () => {
	await buildFixture(gateway().database);
	for (const on of ["Customer", "Project", "Offering"]) {
		await gateway().database.rows(raw(`alter type "${on}RoleName" add value 'UNKNOWN'`));
	}
});

const seen = (viewer: string) =>
	gateway().ask(
		`demo_${viewer}`,
		`{
			resources { totalCount } componentUsages { totalCount } projects { totalCount } offeringUsagePolicies { totalCount }
			customers { nodes { name } } offerings { nodes { name } }
			viewer { customers { totalCount } projects { totalCount } offerings { totalCount } }
		}`,
	);

test.each([
	["a consumer's owner", "northowner", "CustomerRole"],
	["a provider's owner", "alpineowner", "CustomerRole"],
	["a project's member", "ann", "ProjectRole"],
	["an offering's manager", "computemanager", "OfferingRole"],
])("%s whose role is one that nobody knows sees what a stranger sees", async (_who, viewer, table) => {
	expect((await seen(viewer)).resources.totalCount).toBeGreaterThan(0);
	await gateway().database.rows(raw(`update "${table}" set "role" = 'UNKNOWN' where "userUuid" = '${uuidOf("User", viewer)}'`));
	expect(await seen(viewer)).toEqual(await seen("stranger"));
});
