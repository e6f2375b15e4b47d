/** JSON, as an answer holds it. */
export type Plain = null | boolean | number | string | Plain[] | { [field: string]: Plain };

type Fields = { [field: string]: Plain };

const isFields = (value: Plain | undefined): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The data without what differs in form alone: a connection becomes the list of its nodes, a moment is written in UTC with
 * milliseconds, an amount without zeros at its end.
 */
export function plainForm(value: Plain): Plain {
	if (Array.isArray(value)) return value.map(plainForm);
	if (!isFields(value)) return value;
	if (value["nodes"] !== undefined) return plainForm(value["nodes"]);
	return Object.fromEntries(Object.entries(value).map(([field, content]) => [field, scalars[field]?.(content) ?? plainForm(content)]));
}

const moment = (value: Plain) => new Date(String(value)).toISOString();
const amount = (value: Plain) => (value === null ? null : String(value).replace(/\.(\d*?)0+$/, (_, kept: string) => (kept === "" ? "" : `.${kept}`)));

const scalars: Readonly<Record<string, (value: Plain) => Plain>> = { date: moment, created: moment, usage: amount };

/** The data with other names of its fields, at any depth. */
export function renamed(names: Readonly<Record<string, string>>): (value: Plain) => Plain {
	const rename = (value: Plain): Plain => {
		if (Array.isArray(value)) return value.map(rename);
		if (!isFields(value)) return value;
		return Object.fromEntries(Object.entries(value).map(([field, content]) => [names[field] ?? field, rename(content)]));
	};
	return rename;
}

/** Resources with their usage records, in any order, as resources with a line for each component: what is left to whoever asks. */
export function withLines(data: Plain): Plain {
	const resources = isFields(data) ? fieldsIn(data["resources"]) : [];
	return { resources: resources.map(({ uuid, name, offering, componentUsages }) => ({ uuid, name, usageSeries: lines(offering, componentUsages) }) as Fields) };
}

function lines(offering: Plain | undefined, usages: Plain | undefined): Plain[] {
	const components = isFields(offering) ? fieldsIn(offering["components"]) : [];
	return components.map((component) => {
		const own = fieldsIn(usages).filter(({ type }) => type === component["type"]);
		const points = own.map(({ billingPeriod, usage }) => ({ billingPeriod, usage }) as Fields);
		return { ...component, points: points.sort((one, other) => String(one["billingPeriod"]).localeCompare(String(other["billingPeriod"]))) };
	});
}

const fieldsIn = (value: Plain | undefined): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
