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

graphql`
	query documentsLimitsQuery($resource: UUID!) {
		resource(uuid: $resource) {
			id
			userUsageLimits(first: 10) @connection(key: "documents_userUsageLimits") {
				edges { node { id limit } }
			}
		}
	}
`;

graphql`
	mutation documentsDeleteLimitMutation($input: DeleteComponentUserUsageLimitInput!) {
		deleteComponentUserUsageLimit(input: $input) {
			__typename
			... on DeleteComponentUserUsageLimitPayload { deletedComponentUserUsageLimitId @deleteRecord }
			... on Error { code message }
		}
	}
`;

graphql`
	query documentsDeepQuery(
		$count: Int!
		$projects: String
		$resources: String
		$usages: String
		$parts: String
	) {
		customers(first: $count) @connection(key: "documentsDeep_customers") {
			edges {
				node {
					id
					name
					projects(first: $count, after: $projects) @connection(key: "documentsDeep_projects") {
						edges {
							node {
								id
								name
								resources(first: $count, after: $resources) @connection(key: "documentsDeep_resources") {
									edges {
										node {
											id
											name
											componentUsages(first: $count, after: $usages) @connection(key: "documentsDeep_componentUsages") {
												edges {
													node {
														id
														usage
														component { id type measuredUnit }
														userUsages(first: $count, after: $parts) @connection(key: "documentsDeep_userUsages") {
															edges { node { id username usage } }
														}
													}
												}
											}
										}
									}
								}
							}
						}
					}
				}
			}
		}
	}
`;
