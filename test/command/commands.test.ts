import { beforeAll, describe, expect, test } from "vitest";
import { exitCodes } from "../../src/shared/failure.ts";
import { ask, directoriesForFile, run, startService } from "./process.ts";

const directory = directoriesForFile();

describe("npm run token", () => {
	let data: string;
	beforeAll(async () => {
		data = await directory();
		await (await startService({ DATA_DIR: data })).stop();
	});

	const token = (...args: string[]) => run("token", { DATA_DIR: data }, ...args);
	const viewer = async (secret: string) => {
		const service = await startService({ DATA_DIR: data });
		return ask(service, secret, "{ viewer { username } }").finally(() => service.stop());
	};

	test("makes a token that signs in, lists it without its secret, and revokes it", async () => {
		const created = await token("create", "owner", "--name", "dashboard", "--days", "30");
		expect(created).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^ugw_[\w-]{51}\n$/), stderr: "" });
		const secret = created.stdout.trim();
		expect(await viewer(secret)).toMatchObject({ data: { viewer: { username: "owner" } } });

		const { stdout } = await token("list", "owner");
		const [head, ...lines] = stdout.split("\n");
		expect(head).toMatch(/^uuid +username {2}token +created +last used +state +name$/);
		const line = lines.find((text) => text.endsWith("  dashboard"));
		expect(line).toMatch(/^[\da-f-]{36} {2}owner {5}ugw_\w.{5}… {2}\d{4}-\d\d-\d\dT\d\d:\d\dZ {2}\d{4}-\d\d-\d\dT\d\d:\d\dZ {2}expires /);
		expect(stdout).not.toContain(secret);

		const uuid = line?.slice(0, 36) ?? "";
		expect(await token("revoke", uuid)).toEqual({ exitCode: 0, stdout: "", stderr: `Revoked ${uuid}.\n` });
		expect(await token("revoke", uuid)).toMatchObject({ exitCode: exitCodes.failed, stderr: `There is no token ${uuid} that could be revoked.\n` });
		expect(await viewer(secret)).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
	});

	test.each([
		[["create", "nobody"], exitCodes.failed, 'There is no active user "nobody".'],
		[["create", "owner", "--days", "soon"], exitCodes.usage, '--days takes a whole number of days, not "soon". --help shows what there is.'],
		[["revoke", "mine"], exitCodes.usage, '"mine" is not a token\'s uuid: npm run token -- list shows them. --help shows what there is.'],
		[["revoke"], exitCodes.usage, "Say which token: revoke UUID. --help shows what there is."],
		[["list", "--days", "3"], exitCodes.usage, "--name and --days are of create. --help shows what there is."],
		[["revoke", "00000000-0000-4000-8000-000000000000"], exitCodes.failed, "There is no token 00000000-0000-4000-8000-000000000000 that could be revoked."],
	])("refuses %j in one line", async (args, exitCode, message) => {
		expect(await token(...args)).toEqual({ exitCode, stdout: "", stderr: `${message}\n` });
	});
});

describe("npm run migrate", () => {
	test("explains itself", async () => {
		const { exitCode, stdout } = await run("migrate", {}, "--help");
		expect(exitCode).toBe(0);
		expect(stdout).toContain("npm run migrate -- --check");
	});

	test("finds that the migrations lead to the schema", async () => {
		expect(await run("migrate", {}, "--check")).toEqual({ exitCode: 0, stdout: "Migrations and schema agree.\n", stderr: "" });
	});

	test("makes the tables of a new directory, once", async () => {
		const data = await directory();
		const first = await run("migrate", { DATA_DIR: data });
		expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Applied: \d{14}_\w+/) });
		expect(await run("migrate", { DATA_DIR: data })).toMatchObject({ exitCode: 0, stdout: "The database is up to date.\n" });
	});
});
