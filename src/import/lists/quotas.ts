import { z } from "zod";
import { byWord, countedQuotas, storedQuotas } from "../../shared/waldur-words.ts";
import { nullableText, optionalUuid, Unknown, wordOrUnknown } from "../fields.ts";
import type { ListImport } from "../list.ts";
import { optionalDecimal } from "../numbers.ts";
import { recordParser } from "../parse.ts";
import { absent, asGiven } from "../sql-text.ts";

/** Figures of counted quotas are read and left aside. */
const quotaNames = { ...byWord(storedQuotas), ...Object.fromEntries(Object.values(countedQuotas).map((name) => [name, null])) };

/** A customer's stored figures. The customer is named by uuid or, as in Waldur, by name and abbreviation; no figure any more removes the stored one. */
export const quotas: ListImport = {
	name: "customer-quotas",
	parse: recordParser({
		list: "customer-quotas",
		links: ["customer"],
		shape: z.object({
			quota_name: wordOrUnknown(quotaNames),
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
