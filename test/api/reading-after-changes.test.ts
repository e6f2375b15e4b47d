import { execute, parse } from "graphql";
import { beforeAll, expect, test } from "vitest";
import { createContext } from "../../src/graphql/context.ts";
import { schema } from "../../src/schema.ts";
import { operations } from "../support/fixture.operations.ts";
import { buildFixture } from "../support/fixture.ts";
import { gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile();
beforeAll(async () => {
	await buildFixture(gateway().database);
});

const mutations = Object.entries(operations).filter(([, { document }]) => document.startsWith("mutation"));

// A document may have several mutations: the payload of a later one would show what an earlier one has read.
test.each(mutations)("%s forgets what its document has read before", async (_name, { document, variables, ready }) => {
	await ready?.(gateway().database);
	const { services } = gateway();
	const viewer = await services.authenticate("demo_staff");
	if (viewer === undefined) throw new Error("Staff signs in.");
	const contextValue = createContext(services, { token: "demo_staff", viewer });
	const { read } = contextValue;
	const { data } = await execute({ schema, document: parse(document), variableValues: variables, contextValue });
	expect(data).toMatchObject({ answer: { __typename: expect.stringMatching(/Payload$/) } });
	expect(contextValue.read).not.toBe(read);
});
