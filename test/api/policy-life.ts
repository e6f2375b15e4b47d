import { setUsage } from "../support/documents.ts";
import type { Answer, Gateway } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

/** When each test begins. */
export const beginning = "2017-09-15T12:00:00Z";

/** A provider of cpu and ram, whose policies turn by reports of what a consumer's resource used. */
export interface LimitingProvider extends Provider {
	/** A customer, and its resource. */
	readonly consumer: string;
	readonly reportedResource: string;
	/** Reports amounts, of another resource when one is named, and answers the stored records and the firings that this caused. */
	report(amounts: Record<string, string>, of?: string): Promise<Answer>;
	/** Reports in the same way, and answers what each policy did that turned. */
	kindsOf(amounts: Record<string, string>, of?: string): Promise<string[]>;
	/** A policy and its entries, oldest first. */
	policyOf(uuid: string): Promise<Answer>;
}

const entryFields =
	"uuid kind created windowStart windowEnd position offering { uuid } policy { uuid } cause { uuid } breaches { component { type } used limit }";

const policyDocument = `query ($uuid: UUID!) { offeringUsagePolicy(uuid: $uuid) { hasFired firedDatetime created createdBy { username } firings { nodes { ${entryFields} } } } }`;

/** Sets the gateway's clock to the beginning, too. */
export async function makeLimitingProvider(gateway: Gateway): Promise<LimitingProvider> {
	gateway.setTime(beginning);
	const provider = await makeProvider(gateway);
	await provider.component("cpu");
	await provider.component("ram");
	const consumer = await provider.customer();
	const reportedResource = await provider.resource({ customer: consumer });
	const report: LimitingProvider["report"] = async (amounts, of = reportedResource) => {
		const usages = Object.entries(amounts).map(([type, amount]) => ({ type, amount }));
		return (await gateway.ask(provider.token, setUsage, { input: { resource: of, usages } })).setUsage;
	};
	return {
		...provider,
		consumer,
		reportedResource,
		report,
		kindsOf: async (amounts, of) => (await report(amounts, of)).firings.map(({ kind }: Answer) => kind),
		policyOf: async (uuid) => {
			const { firings, ...policy } = (await gateway.ask(provider.token, policyDocument, { uuid })).offeringUsagePolicy;
			return { ...policy, firings: firings.nodes.reverse() };
		},
	};
}
