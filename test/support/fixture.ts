import type { VisibleModel } from "../../src/access/visibility.ts";
import type { Queries } from "../../src/database/database.ts";
import { insert, type Place, type Thing, uuidOf } from "./fixture.rows.ts";
import { accounts, offerings, projects, reports, resources } from "./fixture.things.ts";
import { addRoles, addViewers } from "./fixture.viewers.ts";

/**
 * Two tenants (north, south) that consume what two providers (alpine, baltic) sell: an active offering each, beside a
 * draft, an archived and a paused one, one that is not shared and one for a group. Answers everything that stands in it.
 */
export async function buildFixture(queries: Queries): Promise<readonly Thing[]> {
	const things: Thing[] = [];
	async function put(model: VisibleModel, rows: readonly { name: string; place?: Partial<Place>; columns: object }[]): Promise<void> {
		const nowhere: Place = { customer: "", project: "", offering: "", provider: "" };
		for (const { name, place } of rows) things.push({ model, name, place: { ...nowhere, ...place } });
		await insert(
			queries,
			model,
			rows.map(({ name, columns }) => ({ uuid: uuidOf(model, name), ...columns })),
		);
	}
	const sold = (offering: string): Pick<Place, "offering" | "provider"> => ({
		offering,
		provider: offerings.find(({ name }) => name === offering)?.provider ?? "",
	});
	const consumed = (resource: string): Place => {
		const [project = "", offering = ""] = resource.split(" ");
		return { project, customer: projects[project as keyof typeof projects], ...sold(offering) };
	};

	const customers = ["north", "south", "alpine", "baltic", "coral"];
	await put(
		"Customer",
		customers.map((name) => ({ name, place: { customer: name }, columns: { name } })),
	);
	await put("OrganizationGroup", [{ name: "public", columns: { name: "public", parentUuid: null } }]);
	const groups = { universities: uuidOf("OrganizationGroup", "public"), companies: null };
	await put(
		"OrganizationGroup",
		Object.entries(groups).map(([name, parentUuid]) => ({ name, columns: { name, parentUuid } })),
	);
	await insert(queries, "CustomerOrganizationGroup", [
		{ customerUuid: uuidOf("Customer", "north"), organizationGroupUuid: uuidOf("OrganizationGroup", "universities"), created: "2026-01-01T00:00:00Z" },
		{ customerUuid: uuidOf("Customer", "south"), organizationGroupUuid: uuidOf("OrganizationGroup", "companies"), created: "2026-01-01T00:00:00Z" },
	]);
	await put(
		"Project",
		Object.entries(projects).map(([name, customer]) => ({
			name,
			place: { customer, project: name },
			columns: { name, customerUuid: uuidOf("Customer", customer), isRemoved: name === "gone" },
		})),
	);
	things.push(...(await addViewers(queries)));

	await put("Category", [
		{ name: "machines", columns: { title: "machines" } },
		{ name: "disks", columns: { title: "disks" } },
	]);
	await put(
		"Offering",
		offerings.map(({ name, provider, state, shared = true }) => ({
			name,
			place: sold(name),
			columns: {
				name,
				state,
				shared,
				providerUuid: uuidOf("Customer", provider),
				categoryUuid: uuidOf("Category", name === "storage" ? "disks" : "machines"),
				pluginOptions: {},
				backendId: `cluster-${name}`,
			},
		})),
	);
	await insert(
		queries,
		"OfferingOrganizationGroup",
		offerings.flatMap(({ name, groups = [] }) =>
			groups.map((group) => ({ offeringUuid: uuidOf("Offering", name), organizationGroupUuid: uuidOf("OrganizationGroup", group) })),
		),
	);
	const components = offerings.flatMap(({ name, components }) => components.map((type) => ({ offering: name, type })));
	await put(
		"OfferingComponent",
		components.map(({ offering, type }) => ({
			name: `${offering} ${type}`,
			place: sold(offering),
			columns: { offeringUuid: uuidOf("Offering", offering), type, name: type, billingType: "USAGE" },
		})),
	);
	await put(
		"Plan",
		offerings.map(({ name }) => ({ name, place: sold(name), columns: { offeringUuid: uuidOf("Offering", name), name: `plan of ${name}` } })),
	);
	await insert(
		queries,
		"PlanOrganizationGroup",
		offerings.flatMap(({ name, planGroups = [] }) =>
			planGroups.map((group) => ({ planUuid: uuidOf("Plan", name), organizationGroupUuid: uuidOf("OrganizationGroup", group) })),
		),
	);
	await put(
		"PlanComponent",
		components.map(({ offering, type }) => ({
			name: `${offering} ${type}`,
			place: sold(offering),
			columns: {
				planUuid: uuidOf("Plan", offering),
				componentUuid: uuidOf("OfferingComponent", `${offering} ${type}`),
				offeringUuid: uuidOf("Offering", offering),
				amount: "1",
			},
		})),
	);
	await put(
		"OfferingUser",
		accounts.map((name) => {
			const [person = "", offering = ""] = name.split(" ");
			return { name, place: sold(offering), columns: { offeringUuid: uuidOf("Offering", offering), userUuid: uuidOf("User", person), username: person } };
		}),
	);

	const subjects = resources.map((name) => ({ name, place: consumed(name), resourceUuid: uuidOf("Resource", name) }));
	await put(
		"Resource",
		subjects.map(({ name, place }, index) => ({
			name,
			place,
			columns: {
				name,
				state: name === "s2 archive" ? "TERMINATED" : "OK",
				offeringUuid: uuidOf("Offering", place.offering),
				projectUuid: uuidOf("Project", place.project),
				customerUuid: uuidOf("Customer", place.customer),
				planUuid: uuidOf("Plan", place.offering),
				backendId: `alloc-${name.replace(" ", "-")}`,
				limits: {},
				currentUsages: {},
				// Pairs share their moment.
				created: `2026-01-0${1 + Math.floor(index / 2)}T00:00:00.000Z`,
			},
		})),
	);
	await put(
		"ResourcePlanPeriod",
		subjects.map(({ name, place, resourceUuid }) => ({
			name,
			place,
			columns: { resourceUuid, planUuid: uuidOf("Plan", place.offering), start: "2025-01-01T00:00:00Z" },
		})),
	);
	const measured = subjects.flatMap((subject) =>
		components
			.filter(({ offering }) => offering === subject.place.offering)
			.map(({ offering, type }) => ({ ...subject, type, componentUuid: uuidOf("OfferingComponent", `${offering} ${type}`) })),
	);
	const usages = measured.flatMap((subject) => reports.map((report) => ({ ...subject, ...report, name: `${subject.name} ${subject.type} ${report.month}` })));
	await put(
		"ComponentUsage",
		usages.map(({ name, place, resourceUuid, componentUuid, type, month, date }, index) => ({
			name,
			place,
			columns: {
				resourceUuid,
				componentUuid,
				offeringUuid: uuidOf("Offering", place.offering),
				projectUuid: uuidOf("Project", place.project),
				customerUuid: uuidOf("Customer", place.customer),
				type,
				// Amounts repeat, and would sort otherwise as text.
				usage: ["9", "10", "100.5"][index % 3],
				date,
				billingPeriod: month,
				planPeriodUuid: uuidOf("ResourcePlanPeriod", `${place.project} ${place.offering}`),
				modifiedByUuid: uuidOf("User", place.provider === "alpine" ? "computemanager" : "balticowner"),
			},
		})),
	);
	const personOf = ({ customer }: Place) => (customer === "north" ? "ann" : "sven");
	await put(
		"ComponentUserUsage",
		usages
			.filter(({ month }) => month !== "2025-12-01")
			.flatMap(({ name, place }, index) =>
				[personOf(place), "guest"].map((username) => ({
					name: `${name} ${username}`,
					place,
					columns: {
						componentUsageUuid: uuidOf("ComponentUsage", name),
						username,
						usage: ["2", "10", "2"][index % 3],
						userUuid: username === "guest" ? null : uuidOf("OfferingUser", `${username} ${place.offering}`),
					},
				})),
			),
	);
	await put(
		"ComponentUserUsageLimit",
		measured.map(({ name, type, place, resourceUuid, componentUuid }) => ({
			name: `${name} ${type}`,
			place,
			columns: {
				resourceUuid,
				componentUuid,
				userUuid: uuidOf("OfferingUser", `${personOf(place)} ${place.offering}`),
				offeringUuid: uuidOf("Offering", place.offering),
				limit: "1000",
				created: type === "cpu" ? "2026-02-01T00:00:00.000Z" : "2026-02-02T00:00:00.000Z",
			},
		})),
	);

	const policies = offerings.flatMap(({ name, components: [type = ""] }) =>
		["one", "two"].map((which) => ({ name: `${name} ${which}`, offering: name, type })),
	);
	await put(
		"OfferingUsagePolicy",
		policies.map(({ name, offering }) => ({
			name,
			place: sold(offering),
			columns: {
				scopeUuid: uuidOf("Offering", offering),
				actions: ["NOTIFY_ORGANIZATION_OWNERS"],
				externalUserEmails: [],
				createdByUuid: uuidOf("User", offering === "compute" ? "alpineowner" : "staff"),
				created: "2026-03-01T00:00:00.000Z",
			},
		})),
	);
	await insert(
		queries,
		"OfferingUsagePolicyGroup",
		policies.map(({ name }) => ({ policyUuid: uuidOf("OfferingUsagePolicy", name), organizationGroupUuid: uuidOf("OrganizationGroup", "universities") })),
	);
	await insert(
		queries,
		"OfferingUsagePolicyComponentLimit",
		policies.map(({ name, offering, type }) => ({
			uuid: uuidOf("OfferingUsagePolicyComponentLimit", name),
			policyUuid: uuidOf("OfferingUsagePolicy", name),
			componentUuid: uuidOf("OfferingComponent", `${offering} ${type}`),
			offeringUuid: uuidOf("Offering", offering),
			limit: "1000000",
		})),
	);
	const firings = policies.flatMap((policy) => ["FIRED", "RESET"].map((kind) => ({ ...policy, policy: policy.name, kind, name: `${policy.name} ${kind}` })));
	await put(
		"PolicyFiring",
		firings.map(({ name, policy, offering, type, kind }) => {
			const cause = usages.find(
				({ place, month }) => place.offering === offering && month === "2026-11-01" && (kind === "FIRED") === (place.customer === "north"),
			);
			return {
				name,
				place: sold(offering),
				columns: {
					policyUuid: uuidOf("OfferingUsagePolicy", policy),
					offeringUuid: uuidOf("Offering", offering),
					kind,
					windowStart: "2026-11-01",
					windowEnd: "2026-11-01",
					causeUuid: cause === undefined ? null : uuidOf("ComponentUsage", cause.name),
					created: type === "cpu" ? "2026-11-19T09:00:00.000Z" : "2026-11-19T10:00:00.000Z",
				},
			};
		}),
	);
	const outbox = [
		{ to: "owner", action: "NOTIFY_ORGANIZATION_OWNERS", state: "SENT", attempts: 1, sent: "2026-11-19T11:00:00.000Z", error: null },
		{ to: "colleague", action: "NOTIFY_ORGANIZATION_OWNERS", state: "FAILED", attempts: 10, sent: null, error: "550 the recipient is unknown" },
		{ to: "auditor", action: "NOTIFY_EXTERNAL_USER", state: "PENDING", attempts: 0, sent: null, error: null },
	];
	await put(
		"Notification",
		firings
			.filter(({ kind }) => kind === "FIRED")
			.flatMap(({ name, offering }) =>
				outbox.map(({ to, ...columns }) => ({
					name: `${name} ${to}`,
					place: sold(offering),
					columns: {
						firingUuid: uuidOf("PolicyFiring", name),
						recipient: `${to}@example.org`,
						...columns,
						due: "2026-11-19T10:00:00.000Z",
						// Two of them at one moment.
						created: `2026-11-19T${to === "auditor" ? "10" : "09"}:00:00.000Z`,
					},
				})),
			),
	);
	await addRoles(queries);
	return things;
}
