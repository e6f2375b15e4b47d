import { createElement, Fragment, type ReactNode, Suspense } from "react";
import { RelayEnvironmentProvider, useLazyLoadQuery, usePaginationFragment } from "react-relay";
import { commitMutation, Environment, fetchQuery, Network, RecordSource, Store } from "relay-runtime";
import deepQuery, { type documentsDeepQuery } from "../../generated/relay/artifacts/documentsDeepQuery.graphql.ts";
import deleteLimitMutation, { type documentsDeleteLimitMutation } from "../../generated/relay/artifacts/documentsDeleteLimitMutation.graphql.ts";
import limitsQuery, { type documentsLimitsQuery } from "../../generated/relay/artifacts/documentsLimitsQuery.graphql.ts";
import pageQuery, { type documentsPageQuery } from "../../generated/relay/artifacts/documentsPageQuery.graphql.ts";
import projectsFragment, { type documentsProjects_customer$key } from "../../generated/relay/artifacts/documentsProjects_customer.graphql.ts";
import type { documentsProjectsPaginationQuery } from "../../generated/relay/artifacts/documentsProjectsPaginationQuery.graphql.ts";
import resourcesFragment, { type documentsResources_project$key } from "../../generated/relay/artifacts/documentsResources_project.graphql.ts";
import type { documentsResourcesPaginationQuery } from "../../generated/relay/artifacts/documentsResourcesPaginationQuery.graphql.ts";
import stateMutation, { type documentsStateMutation } from "../../generated/relay/artifacts/documentsStateMutation.graphql.ts";

/** A network of one address; the names of the operations that it sent are kept in `sent`. */
export function environmentOf(url: string, token: string, sent: string[]): Environment {
	const network = Network.create(async ({ name, text }, variables) => {
		sent.push(name);
		const response = await fetch(url, {
			method: "POST",
			headers: { "content-type": "application/json", accept: "application/graphql-response+json", authorization: `Token ${token}` },
			body: JSON.stringify({ query: text, variables }),
		});
		return await response.json();
	});
	return new Environment({ network, store: new Store(new RecordSource()) });
}

/** The buttons «more» of the page, by the name of what has more. */
export type Buttons = Map<string, { readonly hasNext: boolean; loadNext(count: number, options: { onComplete(): void }): void }>;

/** A customer's projects with their resources, each list as many at once as asked. */
export function Page(props: { environment: Environment; customer: string; count: number; buttons: Buttons }): ReactNode {
	const children = createElement(Suspense, { fallback: "…" }, createElement(Customer, props));
	return createElement(RelayEnvironmentProvider, { environment: props.environment, children });
}

function Customer({ customer, count, buttons }: { customer: string; count: number; buttons: Buttons }): ReactNode {
	const data = useLazyLoadQuery<documentsPageQuery>(pageQuery, { customer, count });
	return data.customer === null || data.customer === undefined ? "nobody" : createElement(Projects, { of: data.customer, buttons });
}

function Projects({ of, buttons }: { of: documentsProjects_customer$key; buttons: Buttons }): ReactNode {
	const { data, hasNext, loadNext } = usePaginationFragment<documentsProjectsPaginationQuery, documentsProjects_customer$key>(projectsFragment, of);
	buttons.set("projects", { hasNext, loadNext });
	return data.projects.edges.map(({ node }) =>
		createElement(Fragment, { key: node.id }, `${node.name}\n`, createElement(Resources, { of: node, name: node.name, buttons })),
	);
}

function Resources({ of, name, buttons }: { of: documentsResources_project$key; name: string; buttons: Buttons }): ReactNode {
	const { data, hasNext, loadNext } = usePaginationFragment<documentsResourcesPaginationQuery, documentsResources_project$key>(resourcesFragment, of);
	buttons.set(name, { hasNext, loadNext });
	return data.resources.edges.map(({ node }) => createElement(Fragment, { key: node.id }, `- ${node.name}: ${node.state}\n`));
}

/** Sets a resource's state, and leaves to Relay what of the page changes by that. */
export function setState(environment: Environment, input: documentsStateMutation["variables"]["input"]): Promise<string | undefined> {
	return new Promise((resolve, reject) => {
		commitMutation<documentsStateMutation>(environment, {
			mutation: stateMutation,
			variables: { input },
			onCompleted: ({ setResourceState }) => resolve(setResourceState?.__typename),
			onError: reject,
		});
	});
}

/** Reads everything from customers down to the parts of usage records, `count` of each, in one operation. */
export const readDeep = (environment: Environment, count: number): Promise<documentsDeepQuery["response"] | undefined> =>
	fetchQuery<documentsDeepQuery>(environment, deepQuery, { count }).toPromise();

/** The limits per user on a resource, by their ids. */
export async function limitsOf(environment: Environment, resource: string): Promise<string[]> {
	const data = await fetchQuery<documentsLimitsQuery>(environment, limitsQuery, { resource }).toPromise();
	return (data?.resource?.userUsageLimits.edges ?? []).map(({ node }) => node.id);
}

/** Deletes a limit, and leaves to Relay what of the store goes with it. */
export function deleteLimit(environment: Environment, limit: string): Promise<string | undefined> {
	return new Promise((resolve, reject) => {
		commitMutation<documentsDeleteLimitMutation>(environment, {
			mutation: deleteLimitMutation,
			variables: { input: { uuid: limit } },
			onCompleted: ({ deleteComponentUserUsageLimit }) => resolve(deleteComponentUserUsageLimit?.__typename),
			onError: reject,
		});
	});
}
