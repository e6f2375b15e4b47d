import { storedQuotas } from "../shared/waldur-words.ts";
import { Differences, identityOf } from "./differences.ts";
import { type Endpoint, endpoints, isPartList, type PartList, parts, userPermissions } from "./endpoints.ts";
import { type HttpOptions, httpDefaults, pagesOf } from "./http.ts";
import { inOrder } from "./in-order.ts";
import { filterSets } from "./read-filters.ts";
import { isOfList, isRoleList, type RoleList } from "./roles.ts";
import { type ListName, type Piece, type ReadFilters, type Source, SourceError } from "./source.ts";
import { type Ending, type Parameter, type Walk, walk } from "./walk.ts";

/** Objects whose own lists are fetched before the first of them is taken. */
const objectsAtOnce = 8;

/** Pieces of a list, and in the end whether it was read whole. */
type Reading = AsyncGenerator<Piece, boolean>;

/** A running Waldur, by the base address of its API such as https://waldur.example.org/api/. */
export function urlSource(base: URL, token: string | undefined, options: Partial<HttpOptions> = {}): Source {
	const getPage = pagesOf({ ...httpDefaults, ...options, token });
	const address = (path: string) => new URL(path, base.href.endsWith("/") ? base : `${base.href}/`);
	let hasUserPermissions = true;

	/** A list at an address of its own: once, or once for each filter. */
	async function* required(endpoint: Endpoint, filters: ReadFilters, more: readonly Parameter[] = []): Reading {
		const differences = new Differences();
		const sets = filterSets(endpoint, filters);
		let isWhole = sets.every((set) => set.length === 0);
		for (const set of sets) {
			const list = walkOf(address(endpoint.path), endpoint, set, more);
			const ending = yield* walk(list, getPage, differences);
			if (ending === "absent") throw new SourceError(`${list.address.href} does not exist.`);
			isWhole &&= ending === "counted";
		}
		return isWhole;
	}

	/** The lists that each object of another list has of its own; their records do not name it. */
	async function* eachOf(list: PartList, filters: ReadFilters): Reading {
		const { of: objects, path, owner, fields } = parts[list];
		let isWhole = true;
		let found = 0;
		let absent = 0;
		const owners = required({ ...endpoints[objects], fields: ["uuid"] }, filters);
		const uuids = async function* () {
			for (let next = await owners.next(); ; next = await owners.next()) {
				if (next.done === true) {
					isWhole = next.value;
					return;
				}
				const { records, ...done } = next.value;
				for (const record of records) yield { uuid: identityOf(record), done };
			}
		};
		const reading = inOrder(uuids(), objectsAtOnce, async ({ uuid, done }) => {
			if (uuid === undefined) return { records: [], ending: "absent" as const, done };
			const { records, ending } = await gathered(walk(walkOf(address(`${endpoints[objects].path}${uuid.replaceAll("-", "")}/${path}/`), { fields }), getPage));
			return { records: records.map((record) => tagged(record, owner, uuid)), ending, done };
		});
		for await (const { records, ending, done } of reading) {
			found++;
			if (ending === "absent") absent++;
			else isWhole &&= ending === "counted";
			yield { records, ...done };
		}
		// One object without the list was deleted meanwhile; all of them are of a Waldur that does not have such lists.
		return isWhole && (found === 0 || absent < found);
	}

	/** From the list of all roles, where this Waldur has it. */
	async function* roles(list: RoleList, filters: ReadFilters): Reading {
		if (hasUserPermissions) {
			const [set = []] = filterSets(userPermissions, filters);
			const withdrawnToo: readonly Parameter[] = set.length === 0 ? [] : [...set, ["show_inactive", "true"], ["field", "is_active"]];
			const all = walk(walkOf(address(userPermissions.path), userPermissions, withdrawnToo), getPage);
			const ending = yield* changed(all, (records) => records.filter((role) => isOfList(list, role)));
			if (ending !== "absent") return ending === "counted" && set.length === 0;
			hasUserPermissions = false;
		}
		return yield* eachOf(list, {});
	}

	/** One list per quota; the records do not name their quota. */
	async function* quotas(): Reading {
		let isWhole = true;
		for (const name of Object.values(storedQuotas)) {
			const one = required(endpoints["customer-quotas"], {}, [["quota_name", name]]);
			const isOne = yield* changed(one, (records) => records.map((record) => tagged(record, "quota_name", name)));
			isWhole &&= isOne;
		}
		return isWhole;
	}

	function read(list: ListName, filters: ReadFilters): Reading {
		if (list === "customer-quotas") return quotas();
		if (isRoleList(list)) return roles(list, filters);
		return isPartList(list) ? eachOf(list, filters) : required(endpoints[list], filters);
	}

	return {
		name: base.href,
		check: async () => {
			const first = address("customers/");
			first.search = "page=1&page_size=1";
			if ((await getPage(first)) === undefined) throw new SourceError(`${base.href} is not the API of a Waldur: it has no customers/.`);
		},
		read: async function* (list, filters = {}) {
			const whole = yield* read(list, filters);
			yield { records: [], done: 1, whole };
		},
	};
}

/** What is asked of a list. */
const walkOf = (
	address: URL,
	{ parameters = [], fields, order }: Omit<Endpoint, "path">,
	filters: readonly Parameter[] = [],
	more: readonly Parameter[] = [],
): Walk => ({
	address,
	parameters: [...parameters, ...more],
	wishes: [...fields.map((field): Parameter => ["field", field]), ...(order === undefined ? [] : ([["o", order]] as const)), ...filters],
});

/** The pieces with other records. */
async function* changed<End>(pieces: AsyncGenerator<Piece, End>, change: (records: readonly unknown[]) => readonly unknown[]): AsyncGenerator<Piece, End> {
	for (let next = await pieces.next(); ; next = await pieces.next()) {
		if (next.done === true) return next.value;
		yield { ...next.value, records: change(next.value.records) };
	}
}

/** All records of a short list. */
async function gathered(list: AsyncGenerator<Piece, Ending>): Promise<{ records: unknown[]; ending: Ending }> {
	const all: unknown[] = [];
	for (let next = await list.next(); ; next = await list.next()) {
		if (next.done === true) return { records: all, ending: next.value };
		all.push(...next.value.records);
	}
}

/** The record with one more field; what is not an object stays as it is, to be refused. */
const tagged = (record: unknown, field: string, value: string): unknown =>
	typeof record === "object" && record !== null && !Array.isArray(record) ? { ...record, [field]: value } : record;
