import SchemaBuilder from "@pothos/core";
import PrismaPlugin from "@pothos/plugin-prisma";
import { PrismaPg } from "@prisma/adapter-pg";
import { createYoga } from "graphql-yoga";
import type PrismaTypes from "../../../src/generated/pothos.ts";
import { getDatamodel } from "../../../src/generated/pothos.ts";
import { PrismaClient } from "../../../src/generated/prisma/client.ts";
import { serve } from "./listen.ts";

/** The same objects as the packages' documentation shows how to serve them: the relations of Prisma, and graphql-yoga with its defaults. */
const client = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env["DATABASE_URL"] ?? "", max: 10 }) });

const builder = new SchemaBuilder<{
	PrismaTypes: PrismaTypes;
	Scalars: { Decimal: { Input: string; Output: { toString(): string } }; Date: { Input: Date; Output: Date }; DateTime: { Input: Date; Output: Date } };
}>({
	plugins: [PrismaPlugin],
	prisma: { client, dmmf: getDatamodel() },
	// Of a plugin that is not among those above: the types ask for it, because the service uses it.
	scopeAuth: { authScopes: () => ({}) },
});

builder.scalarType("Decimal", { serialize: String });
builder.scalarType("Date", { serialize: (value) => value.toISOString().slice(0, 10), parseValue: (value) => new Date(`${value}T00:00:00Z`) });
builder.scalarType("DateTime", { serialize: (value) => value.toISOString() });

builder.prismaObject("Category", { fields: (t) => ({ uuid: t.exposeID("uuid"), title: t.exposeString("title") }) });

builder.prismaObject("Customer", { fields: (t) => ({ uuid: t.exposeID("uuid"), name: t.exposeString("name") }) });

builder.prismaObject("Project", {
	fields: (t) => ({ uuid: t.exposeID("uuid"), name: t.exposeString("name"), customer: t.relation("customer") }),
});

builder.prismaObject("OfferingComponent", {
	fields: (t) => ({
		uuid: t.exposeID("uuid"),
		type: t.exposeString("type"),
		name: t.exposeString("name"),
		measuredUnit: t.exposeString("measuredUnit"),
	}),
});

builder.prismaObject("Offering", {
	fields: (t) => ({
		uuid: t.exposeID("uuid"),
		name: t.exposeString("name"),
		category: t.relation("category"),
		components: t.relation("components", { query: { orderBy: { type: "asc" } } }),
	}),
});

builder.prismaObject("ComponentUserUsage", {
	fields: (t) => ({ uuid: t.exposeID("uuid"), username: t.exposeString("username"), usage: t.expose("usage", { type: "Decimal" }) }),
});

builder.prismaObject("ComponentUsage", {
	fields: (t) => ({
		uuid: t.exposeID("uuid"),
		type: t.exposeString("type"),
		usage: t.expose("usage", { type: "Decimal" }),
		date: t.expose("date", { type: "DateTime" }),
		billingPeriod: t.expose("billingPeriod", { type: "Date" }),
		resource: t.relation("resource"),
		component: t.relation("component"),
		userUsages: t.relation("userUsages", {
			args: { first: t.arg.int({ required: true }) },
			query: ({ first }) => ({ take: first, orderBy: [{ username: "asc" }, { uuid: "asc" }] }),
		}),
	}),
});

builder.prismaObject("Resource", {
	fields: (t) => ({
		uuid: t.exposeID("uuid"),
		name: t.exposeString("name"),
		state: t.exposeString("state"),
		created: t.expose("created", { type: "DateTime" }),
		offering: t.relation("offering"),
		project: t.relation("project"),
		componentUsages: t.relation("usages", {
			args: { first: t.arg.int(), from: t.arg({ type: "Date", required: true }), to: t.arg({ type: "Date", required: true }) },
			query: ({ first, from, to }) => ({
				where: { billingPeriod: { gte: from, lte: to } },
				orderBy: [{ date: "desc" }, { type: "asc" }, { uuid: "asc" }],
				...(first == null ? {} : { take: first }),
			}),
		}),
	}),
});

builder.queryType({
	fields: (t) => ({
		resource: t.prismaField({
			type: "Resource",
			nullable: true,
			args: { uuid: t.arg.string({ required: true }) },
			resolve: (query, _root, { uuid }) => client.resource.findUnique({ ...query, where: { uuid } }),
		}),
		resources: t.prismaField({
			type: ["Resource"],
			args: { first: t.arg.int({ required: true }) },
			resolve: (query, _root, { first }) => client.resource.findMany({ ...query, take: first, orderBy: [{ name: "asc" }, { uuid: "asc" }] }),
		}),
		componentUsages: t.prismaField({
			type: ["ComponentUsage"],
			args: { first: t.arg.int({ required: true }) },
			resolve: (query, _root, { first }) =>
				client.componentUsage.findMany({ ...query, take: first, orderBy: [{ date: "desc" }, { type: "asc" }, { uuid: "asc" }] }),
		}),
	}),
});

serve(createYoga({ schema: builder.toSchema() }));
