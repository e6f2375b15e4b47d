import { graphql } from "relay-runtime";

// What relay-compiler reads: the artifacts that it writes are what runs.

graphql`
	query documentsPageQuery($customer: UUID!, $count: Int!) {
		customer(uuid: $customer) {
			id
			name
			...documentsProjects_customer @arguments(count: $count)
		}
	}
`;

graphql`
	fragment documentsProjects_customer on Customer
	@refetchable(queryName: "documentsProjectsPaginationQuery")
	@argumentDefinitions(count: { type: "Int!" }, cursor: { type: "String" }) {
		projects(first: $count, after: $cursor) @connection(key: "documentsProjects_projects") {
			edges {
				cursor
				node { id name ...documentsResources_project @arguments(count: $count) }
			}
		}
	}
`;

graphql`
	fragment documentsResources_project on Project
	@refetchable(queryName: "documentsResourcesPaginationQuery")
	@argumentDefinitions(count: { type: "Int!" }, cursor: { type: "String" }) {
		resources(first: $count, after: $cursor) @connection(key: "documentsResources_resources") {
			edges {
				cursor
				node { id name state project { id name } }
			}
		}
	}
`;

graphql`
	mutation documentsStateMutation($input: SetResourceStateInput!) {
		setResourceState(input: $input) {
			__typename
			... on SetResourceStatePayload { resource { id state } }
			... on Error { code message }
		}
	}
`;
