import { quotaOrder } from "../domain/quota/quota.list.ts";
import { requireQuotaList } from "../domain/quota/quota.service.ts";
import { type QuotaName, quotaCount, quotaPage } from "../domain/quota/quota.store.ts";
import { listRoute } from "./collection.ts";
import { digits, type Fields, plain } from "./fields.ts";
import { choice, ordering } from "./parameters.ts";
import type { Route } from "./route.ts";

const fields: Fields = { customer_name: plain("name"), customer_abbreviation: plain("abbreviation"), value: digits("value") };

const quotaNames: Readonly<Record<string, QuotaName>> = {
	nc_project_count: "NC_PROJECT_COUNT",
	nc_user_count: "NC_USER_COUNT",
	nc_resource_count: "NC_RESOURCE_COUNT",
	os_cpu_count: "OS_CPU_COUNT",
	os_ram_size: "OS_RAM_SIZE",
	os_storage_size: "OS_STORAGE_SIZE",
	vpc_cpu_count: "VPC_CPU_COUNT",
	vpc_ram_size: "VPC_RAM_SIZE",
	vpc_storage_size: "VPC_STORAGE_SIZE",
	vpc_floating_ip_count: "VPC_FLOATING_IP_COUNT",
	vpc_instance_count: "VPC_INSTANCE_COUNT",
	estimated_price: "ESTIMATED_PRICE",
};

/** The figure that is listed while none is named: the page has no parameter for it. */
const usualQuota: QuotaName = "NC_RESOURCE_COUNT";

export const quotaRoutes: readonly Route[] = [
	listRoute({
		path: "customer-quotas/",
		parameters: { quota_name: choice(quotaNames), o: ordering({ value: "VALUE", customer_name: "NAME" }) },
		fields,
		choosesFields: false,
		price: { count: 1 },
		rows: ({ quota_name: quotaName = usualQuota, o }, { context: { database, viewer, clock } }) => {
			requireQuotaList(viewer);
			return {
				count: () => quotaCount(database, viewer),
				page: async (request) => (await quotaPage(database, viewer, quotaName, quotaOrder(o), request, clock())).rows,
			};
		},
	}),
];
