import { createServer } from "node:http";
import { PgSimplifyInflectionPreset } from "@graphile/simplify-inflection";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { jsonPgSmartTags } from "postgraphile/utils";

// The foreign keys of these tables have several columns, so that the database holds who consumes what; PostGraphile would
// name their relations after all of them, or leave them out. One column leads to the same row, and is what its statements join by.
const tags = jsonPgSmartTags({
	version: 1,
	config: {
		class: {
			Resource: { tags: { foreignKey: ['("projectUuid") references "Project" ("uuid")|@fieldName project'] } },
			ComponentUsage: {
				tags: {
					foreignKey: [
						'("resourceUuid") references "Resource" ("uuid")|@fieldName resource|@foreignFieldName componentUsages',
						'("componentUuid") references "OfferingComponent" ("uuid")|@fieldName component',
					],
				},
			},
		},
	},
});

const instance = postgraphile({
	extends: [PostGraphileAmberPreset, PgSimplifyInflectionPreset],
	plugins: [tags],
	pgServices: [makePgService({ connectionString: process.env.DATABASE_URL, schemas: ["public"] })],
	grafserv: { watch: false, graphiql: false },
});

const server = createServer();
await instance.createServ(grafserv).addTo(server);
server.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${server.address().port}/graphql\n`));
process.on("SIGTERM", () => process.exit(0));
