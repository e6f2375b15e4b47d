import { z } from "zod";
import { nullableText, optionalUuid, Unknown, wordOrUnknown } from "../fields.ts";
import type { ListImport } from "../list.ts";
import { optionalDecimal } from "../numbers.ts";
import { recordParser } from "../parse.ts";
import { absent, asGiven } from "../sql-text.ts";

/** Quotas whose figures are stored, by Waldur's names. */
export const storedQuotas = {
	os_cpu_count: "OS_CPU_COUNT",
	os_ram_size: "OS_RAM_SIZE",
	os_storage_size: "OS_STORAGE_SIZE",
	vpc_cpu_count: "VPC_CPU_COUNT",
	vpc_ram_size: "VPC_RAM_SIZE",
	vpc_storage_size: "VPC_STORAGE_SIZE",
	vpc_floating_ip_count: "VPC_FLOATING_IP_COUNT",
	vpc_instance_count: "VPC_INSTANCE_COUNT",
	estimated_price: "ESTIMATED_PRICE",
} as const;

/** Quotas that this service counts itself: their figures are read and left aside. */
const countedQuotas = { nc_project_count: null, nc_user_count: null, nc_resource_count: null };

/** A customer's stored figures. The customer is named by uuid or, as in Waldur, by name and abbreviation; no figure any more removes the stored one. */
export const quotas: ListImport = {
	name: "customer-quotas",
	parse: recordParser({
		list: "customer-quotas",
		links: ["customer"],
		shape: z.object({
			quota_name: wordOrUnknown({ ...storedQuotas, ...countedQuotas }),
			customer_uuid: optionalUuid,
			customer_name: nullableText(10_000),
			customer_abbreviation: nullableText(10_000),
			// A figure that Waldur computed in binary floating point may trail digits without meaning.
			value: optionalDecimal({ digits: 30, places: 10, negative: true, round: true }),
		}),
		rows: ({ quota_name: given, customer_uuid, customer_name, customer_abbreviation, value }, _refuse, take) => {
			const quota_name = take("quota_name", given, null);
			if (given instanceof Unknown) return null;
			return quota_name === null
				? []
				: [
						{
							rows: [
								{ path: "", values: { quotaName: quota_name, customerUuid: customer_uuid, name: customer_name, abbreviation: customer_abbreviation, value } },
							],
						},
					];
		},
	}),
	tables: [
		{
			table: "CustomerQuota",
			sourced: true,
			key: ["customerUuid", "quotaName"],
			incoming: { quotaName: `"QuotaName"`, customerUuid: "uuid", name: "text", abbreviation: "text", value: "numeric" },
			columns: { ...asGiven("quotaName", "value"), customerUuid: `case when customer.found = 1 then customer."uuid" end` },
			removedWhen: `i."value" is null`,
			joins: `left join lateral (
				select (array_agg(c."uuid" order by c."uuid"))[1] as "uuid", count(*) as found from "Customer" c
				where case when i."customerUuid" is null then c."name" = i."name" and c."abbreviation" = coalesce(i."abbreviation", c."abbreviation")
					else c."uuid" = i."customerUuid" end
			) customer on true`,
			problems: [
				{
					...absent("customer", "customer_uuid", "a customer", "customerUuid"),
					when: `customer.found = 0 and i."customerUuid" is not null and i."value" is not null`,
				},
				{
					when: `customer.found = 0 and i."value" is not null`,
					field: "customer_name",
					reason: `'names a customer that does not exist: ' || coalesce(i."name", '')`,
				},
				{ when: `customer.found > 1 and i."value" is not null`, field: "customer_name", reason: `'names several customers: ' || i."name"` },
			],
			distinct: [["quotaName", "customerUuid", "name", "abbreviation"]],
			modified: true,
		},
	],
};
