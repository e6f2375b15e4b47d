import { createAuthentication } from "./access/authentication.ts";
import { forgetOldTickets } from "./access/ticket.store.ts";
import { startTokenUses } from "./access/token-uses.ts";
import { startTokenWatch } from "./access/token-watch.ts";
import { type Config, readConfig } from "./config.ts";
import { startCurrentUsagesJob } from "./database/current-usages-job.ts";
import { type Database, watchedDatabase } from "./database/database.ts";
import { startIndexJobs } from "./database/index-jobs.ts";
import { prepareSchema } from "./database/migrations.ts";
import { openDatabase } from "./database/open.ts";
import { startWriting } from "./database/read-only-start.ts";
import { tellingTimeouts } from "./database/timeouts.ts";
import { createReferenceClock, isCertain, type ReferenceClock, UncertainClock, unreadiness, whileCertain } from "./domain/calendar/reference-clock.service.ts";
import { requireTimeZone } from "./domain/calendar/time-zone.service.ts";
import { forgetOldAnswers } from "./domain/idempotency/idempotency.store.ts";
import { sourceNamed } from "./domain/mirror/source.store.ts";
import { monthTurns } from "./domain/month-turn/month-turns.service.ts";
import { measureMonths } from "./domain/month-turn/month-watch.service.ts";
import { foldAllNames, forgetAllUnusedNames } from "./domain/name/name.store.ts";
import { startDelivery } from "./domain/notification/delivery.service.ts";
import { openMailTransport } from "./domain/notification/mail.transport.ts";
import { openMails } from "./domain/notification/notification.store.ts";
import { lastVerification } from "./domain/verify/verify.store.ts";
import { pruneLog } from "./event-log/log.store.ts";
import { startLogReader } from "./event-log/log-reader.ts";
import { startLogWatch } from "./event-log/log-watch.service.ts";
import type { Services } from "./graphql/context.ts";
import { readManifests } from "./server/documents/manifests.ts";
import type { TrustedDocuments } from "./server/documents/trusted-documents.ts";
import { trustedLines } from "./server/documents/trusted-lines.ts";
import { forgetFullBuckets } from "./server/limits/bucket.store.ts";
import { proxiesAt } from "./server/limits/client-address.ts";
import { connectionsWithin, processLimits } from "./server/limits/open-files.ts";
import type { RunningServer, startServer } from "./server/server.ts";
import { systemClock } from "./shared/clock.ts";
import { readArguments, runCommand, type TakeSignals } from "./shared/command.ts";
import { refuseTakenPort } from "./shared/listening.ts";
import { timed } from "./shared/metrics.ts";
import { repeat } from "./shared/repeat.ts";
import { drained, stopRequest } from "./shared/stop-request.ts";
import { startSync } from "./sync/start.ts";
import { buildOf } from "./telemetry/build.ts";
import { type ErrorStream, jsonErrors, plainErrors, takeOwnErrors } from "./telemetry/error-stream.ts";
import { type Observation, startObservation } from "./telemetry/observation.ts";
import { demoTokens, fillWithDemo, isDemo } from "./world/fill-demo.ts";

/** A month that nothing is written in begins this late at most. */
const millisecondsBetweenTurns = 30_000;

/** Notifications and months are counted again this late at most. */
const millisecondsBetweenMeasures = 15_000;

/** A clock that goes wrong is noticed this late at most, unless something depends on it before. */
const millisecondsBetweenLooks = 2_000;

/** Names that came in are searched one by one until they are folded. */
const millisecondsBetweenFoldings = 10_000;

/** Answers to idempotency keys and entries of the log are kept this much longer than promised at most. */
const millisecondsBetweenClearings = 3_600_000;

const usage = `Serves GraphQL over metered usage until it is stopped by SIGINT or SIGTERM.

npm start

--help     this text
--version  the version of the service

All else is configured by variables of the environment: see "Configuration" in .deploy/README.md.`;

const args = process.argv.slice(2);

/** The composition root: everything is made here and handed down, and closed however the command ends. */
await runCommand({ args, usage, isService: true }, async (takeSignals) => {
	readArguments(args, {});
	const errors = openErrors();
	const config = readConfig(process.env);
	const trusted = config.trustedDocuments === undefined ? undefined : readManifests(config.trustedDocuments);
	await refuseTakenPort(config.host, config.port);
	const observation = await startObservation({
		server: config.operations,
		collector: config.tracing,
		write: config.log === "json" ? (line) => process.stdout.write(line) : undefined,
		clock: systemClock,
		errors,
	});
	// The database opens while the server, most of the code, is loaded.
	const [database, server] = await Promise.all([
		openDatabase(config.database, { onRetry: observation.metrics?.retry, onStatement: observation.onStatement }),
		import("./server/server.ts"),
	]);
	try {
		await startWriting(database, async () => {
			await prepareSchema(database, config.migrate);
			await requireTimeZone(database, config.timeZone);
			if (config.database.kind === "embedded") await fillWithDemo(database, { now: systemClock(), timeZone: config.timeZone });
		});

		const reference = createReferenceClock({
			database,
			clock: systemClock,
			tell: (line) => process.stderr.write(`${line}\n`),
			metrics: observation.metrics,
		});
		// What began and what turned while no instance ran, or was left over by an import that was killed before its end.
		const turn = monthTurns({ database, reference, timeZone: config.timeZone, metrics: observation.metrics });
		await turn().catch(report("the month cannot be turned"));

		const told = watchedDatabase(
			database,
			tellingTimeouts((line) => process.stderr.write(`${line}\n`)),
		);
		const served = observation.metrics === undefined ? told : watchedDatabase(told, timed(observation.metrics));
		await serve(server.startServer, { database: served, reference, turn, trusted }, config, observation, takeSignals);
		return 0;
	} finally {
		await observation.stop();
		await database.close();
	}
});

/** Serves the database until the process is asked to stop. */
async function serve(
	start: typeof startServer,
	{ database, reference, turn, trusted }: { database: Database; reference: ReferenceClock; turn: () => Promise<void>; trusted: TrustedDocuments | undefined },
	config: Config,
	{ health, metrics, beginOperation, read, url: operationsUrl }: Observation,
	takeSignals: TakeSignals,
): Promise<void> {
	const demo = config.database.kind === "embedded" && (await isDemo(database));
	const build = await buildOf(database);
	const log = await startLogReader(database, { onError: report("the log cannot be read"), onRead: metrics?.logRead });
	const tokens = startTokenWatch({ database, clock: systemClock, onError: report("tokens cannot be looked at") });
	const uses = startTokenUses({ database, clock: systemClock, onError: report("uses of tokens cannot be noted") });
	const { waldur } = config;
	const mirror = waldur && { sourceId: await sourceNamed(database, waldur.url.href), writes: waldur.writes };
	const services: Services = {
		tokens,
		database,
		clock: systemClock,
		reference,
		timeZone: config.timeZone,
		log,
		authenticate: createAuthentication(database, systemClock, uses.used),
		metrics,
		mirror,
	};
	const { host, port, graphiql, origins, hosts, federationToken, maxCost, costPerSecond, introspection } = config;
	const onBug = (error: unknown, requestId?: string) =>
		report(requestId === undefined ? "unexpected error" : `unexpected error in request ${requestId}`)(error);
	const admission = { maxCost, costPerSecond, introspection, maxExecutionTime: config.operationTimeout };
	const connections = {
		...config.connections,
		all: Math.min(config.connections.all, connectionsWithin(processLimits(), config.database)),
		proxies: proxiesAt(config.proxies),
	};
	const rest = config.rest ? { publicUrl: config.publicUrl, version: build.version } : undefined;
	const options = { host, port, connections, rest, isDemo: demo, graphiql, origins, hosts, federationToken, admission, trusted, beginOperation, onBug };
	const server = await start(services, options).catch(async (error: unknown) => {
		await tokens.stop();
		await uses.stop();
		await log.stop();
		throw error;
	});
	const looks = repeat(
		millisecondsBetweenLooks,
		async () => void (await isCertain(reference)),
		() => {}, // the database cannot be asked: readiness reports that
	);
	read({
		build,
		pool: () => database.pool(),
		subscriptionLag: () => log.lag(),
		sendsMail: config.mailServer !== undefined,
		mirror,
	});
	const watches = metrics && [
		startLogWatch({ database, log, metrics }),
		repeat(
			millisecondsBetweenMeasures,
			async () => {
				const { counts, overdue } = await openMails(database);
				metrics.mails(counts, overdue);
			},
			report("notifications cannot be measured"),
		),
		repeat(
			millisecondsBetweenMeasures,
			() => measureMonths({ database, reference, timeZone: config.timeZone, metrics }),
			(error) => {
				if (!(error instanceof UncertainClock)) report("months cannot be measured")(error); // of the clock, it has said so
			},
		),
	];
	const turns = repeat(millisecondsBetweenTurns, turn, report("the month cannot be turned"));
	const folding = repeat(millisecondsBetweenFoldings, () => foldAllNames(database), report("names cannot be folded"));
	const clear = async (now: Date) => {
		await forgetOldAnswers(database, now);
		await forgetFullBuckets(database);
		await forgetOldTickets(database, now);
		await pruneLog(database, new Date(now.getTime() - config.alertRetention * 86_400_000));
		await forgetAllUnusedNames(database);
	};
	const clearings = repeat(millisecondsBetweenClearings, () => whileCertain(database, reference, clear), report("old answers and alerts cannot be let go"));
	const verifications =
		metrics &&
		repeat(
			millisecondsBetweenTurns,
			async () => {
				const last = await lastVerification(database);
				if (last !== undefined) metrics.verified(last.at, last.differences);
			},
			report("the last verification cannot be read"),
		);
	const indexes = startIndexJobs(database, {
		migrate: config.migrate,
		tell: (line) => process.stderr.write(`${line}\n`),
		progress: metrics && ((name, { done, total }) => metrics.job(name, done, total)),
	});
	const derivations = startCurrentUsagesJob(database, {
		tell: (line) => process.stderr.write(`${line}\n`),
		progress: metrics && ((name, { done, total }) => metrics.job(name, done, total)),
	});
	const delivery = startDelivery({
		database,
		clock: systemClock,
		transport: config.mailServer === undefined ? undefined : openMailTransport(config.mailServer, config.mailFrom),
		rules: config.notifications,
		metrics,
		isClockRight: () => isCertain(reference),
		tell: (line) => process.stderr.write(`${line}\n`),
		onError: report("notifications cannot be delivered"),
	});
	const sync =
		waldur &&
		mirror &&
		startSync({
			database,
			waldur: { ...waldur, maxWait: config.importMaxWait },
			mirror,
			timeZone: config.timeZone,
			clock: systemClock,
			reference,
			isClockRight: () => isCertain(reference),
			metrics,
			tell: (line) => process.stderr.write(`${line}\n`),
			report,
		});
	health.watch(database.probe(), () => unreadiness(reference));
	void takeSignals();
	const request = stopRequest(); // a reader of the greeting may ask at once
	process.stdout.write(greeting(server, operationsUrl, config, demo));
	await request.asked;
	const unready = health.stop();
	server.drain();
	await drained(request, config.drain); // balancers learn meanwhile that it is not ready
	indexes.stop();
	const jobs = [
		derivations.stop(),
		delivery.stop(),
		sync?.stop(),
		turns.stop(),
		folding.stop(),
		verifications?.stop(),
		...(watches ?? []).map((watch) => watch.stop()),
		clearings.stop(),
		looks.stop(),
		tokens.stop(),
	];
	await Promise.all([unready, server.stop(), ...jobs]); // at once: none waits for another
	await uses.stop(); // after the last sign-in
	await log.stop();
}

/** The error stream, whose lines are JSON where `LOG=json` is set: sentences for people otherwise. */
function openErrors(): ErrorStream {
	if (process.env["LOG"] !== "json") return plainErrors(process.stderr);
	takeOwnErrors(process.stderr, process.exit);
	return jsonErrors(process.stderr, systemClock);
}

function report(what: string): (error: unknown) => void {
	return (error) => process.stderr.write(`${what}: ${error instanceof Error ? error.stack : String(error)}\n`);
}

function greeting({ url, trusted }: RunningServer, operationsUrl: string | undefined, { database, graphiql, waldur, timeZone }: Config, demo: boolean): string {
	const place = database.kind === "embedded" ? `the embedded database in ${database.directory}` : "PostgreSQL";
	const lines = [`usage-gateway serves ${place} on ${url}`];
	if (operationsUrl !== undefined) lines.push(`Health and metrics: ${operationsUrl}`);
	if (waldur !== undefined) {
		const direction = waldur.writes ? "and sends it what is reported here" : "and reports on what it holds are refused here";
		lines.push(`In step with ${waldur.url.href}, ${direction}; billing months are of ${timeZone}, as they must be there`);
	}
	if (graphiql) lines.push(`GraphiQL: open ${url} in a browser`);
	lines.push(...trustedLines(trusted));
	if (demo) lines.push(`Demo tokens: ${demoTokens.join(", ")} (as «Authorization: Token demo_provider»)`);
	return `${lines.join("\n")}\n`;
}
