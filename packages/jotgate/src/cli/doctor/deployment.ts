import { resolve } from 'node:path'
import type { Settings } from '../../config/index.ts'
import {
  type CheckResult,
  checksFor,
  type DoctorOptions,
  type OptionsOf,
  runChecks,
} from '../../doctor/index.ts'
import { readFileWithin } from '../../files/index.ts'
import type { Deployment, User } from '../../token/index.ts'
import { definedOf } from '../../values/index.ts'
import { certificateFileOf } from '../certificate-file.ts'
import type { Call, OptionSpec, Outcome } from '../command.ts'
import { layoutFor } from '../layout.ts'
import { gatherProblems } from '../problems.ts'
import { readInput } from '../read-input.ts'
import { toFile } from '../result-file.ts'
import { readTimeoutMs, timeoutOption } from '../session/credentials.ts'
import { connectionOptions, readTransport, serviceOptions } from '../session/transport.ts'
import { settingOptions } from '../setting-options.ts'
import { findSigner, type SignerWithKey } from '../signing.ts'
import { findTarget, signingOptions, targetOptions } from '../target.ts'
import { readCheckedGateway } from './checked-gateway.ts'
import { doctorOptionsFor } from './doctor-options-for.ts'
import { fix, nextInWords } from './fix.ts'
import { toJunit } from './junit.ts'
import { resultsInWords } from './results-in-words.ts'

/** What the checks of a deployment take. */
export const deploymentOptions: readonly OptionSpec[] = [
  ...targetOptions,
  {
    flags: '--as <subject>',
    description: 'log in as this user, who exists: the subject, or the user ID',
    otherwise: 'nobody logs in',
    onlyFlag: true,
  },
  {
    flags: '--create-test-user',
    description:
      'let the login make that user, who may take a licence; they are deleted afterwards',
    onlyFlag: true,
  },
  { flags: '--name <text>', description: 'their name', otherwise: 'as Qlik knows it' },
  { flags: '--email <text>', description: 'their e-mail address', otherwise: 'as Qlik knows it' },
  {
    flags: '--group <name>',
    description: 'a group that the token names',
    otherwise: 'those that Qlik knows',
    repeatable: true,
  },
  { flags: '--app <id>', description: 'open this app as that user', onlyFlag: true },
  {
    flags: '--fix',
    description:
      'mend what `jotgate apply` can: shows its plan, asks, applies it, and checks again',
    onlyFlag: true,
  },
  { flags: '--yes', description: 'do not ask before --fix changes something', onlyFlag: true },
  {
    flags: '--junit <file>',
    description: 'write the results there as JUnit XML too',
    onlyFlag: true,
  },
  ...settingOptions(({ group }) => group === 'administrator'),
  ...serviceOptions,
  ...connectionOptions,
  timeoutOption,
  ...signingOptions,
]

/** `jotgate doctor [--deployment NAME]`. */
export async function runDeployment(call: Call): Promise<Outcome> {
  const problems = gatherProblems(call)
  const user = readTestUser(call)
  const createsUser = call.values.isOn('createTestUser')
  if (user === undefined && createsUser)
    problems.add('--create-test-user needs --as SUBJECT: who is to be made')
  const junit = call.values.text('junit')
  const file = junit === undefined ? undefined : toFile(resolve(call.terminal.folder, junit))
  const told = { createsUser, ...definedOf({ user, appId: call.values.text('app') }) }
  if (call.values.isOn('yes') && !call.values.isOn('fix'))
    problems.add('--yes belongs to --fix: without it nothing is asked')
  const first = await examineDeployment(call, told, problems)
  const fixed = call.values.isOn('fix')
    ? await fix(call, first.results, async () => (await examineDeployment(call, told)).results)
    : undefined
  const { results = first.results, applied } = fixed ?? {}
  const { url, product } = first.deployment
  if (file !== undefined) {
    await file.write(toJunit(results, `jotgate doctor ${url}`))
    await file.commit()
  }
  const isBroken = results.some(({ verdict }) => verdict === 'failed')
  const next = fixed === undefined ? nextInWords(results) : fixed.inWords
  return {
    text: resultsInWords(results, call.terminal, 'stdout'),
    json: { deployment: { product, url }, results, ...definedOf({ applied }) },
    exitCode: isBroken ? 3 : 0,
    ...(next === undefined ? {} : { next: layoutFor(call.terminal, 'stderr').wrap(next) }),
  }
}

/**
 * Runs every check of the deployment that a call names, with a test login when somebody is named for it.
 *
 * @param problems what was wrong with the line before; all of it is told before anything is asked
 */
export async function examineDeployment(
  call: Call,
  told: Pick<DoctorOptions, 'user' | 'createsUser' | 'appId'>,
  problems = gatherProblems(call),
): Promise<{ deployment: Deployment; results: readonly CheckResult[] }> {
  const found = await findTarget(call, { needsUrl: true, attributes: [] }, problems)
  const signer = await findSigner(call, found, problems)
  const timeoutMs = await problems.attempt(() => Math.min(readTimeoutMs(call), 300_000))
  problems.tell()
  const { settings, deployment, name } = found
  if (deployment === undefined || signer === undefined)
    throw new Error('A part of the request is missing, and no problem was told')
  const read = await readShared(call, settings, signer)
  const gateway = await readCheckedGateway(call, name, deployment, read)
  const shared: DoctorOptions = {
    ...read,
    ...definedOf({ timeoutMs, gateway: gateway?.context }),
    ...told,
  }
  const source = { call, settings, deployment, shared, ofGateway: gateway?.own ?? {} }
  const options = await doctorOptionsFor[deployment.product](source as never)
  return { deployment, results: await examine(call, deployment.product, options) }
}

async function examine<Name extends keyof OptionsOf>(
  call: Call,
  product: Name,
  options: OptionsOf[Name],
): Promise<CheckResult[]> {
  const { terminal, signal } = call
  const { checks, context } = checksFor(product, options)
  const results: CheckResult[] = []
  const showProgress = (line: string) => {
    if (terminal.stderrIsTerminal) terminal.showProgress(line)
  }
  const onCheck = ({ question }: { question: string }) => showProgress(`… ${question}`)
  try {
    for await (const one of runChecks({ checks, context, onCheck, signal })) results.push(one)
  } finally {
    showProgress('')
    await context.close().catch((error: unknown) => {
      const { message } = error as Error
      call.note(`warning: the test login could not be ended: ${message}`)
    })
  }
  return results
}

function readTestUser({ values }: Call): User | undefined {
  const subject = values.text('as')
  if (subject === undefined) return undefined
  const groups = values.list('group')
  return {
    subject,
    ...definedOf({ name: values.text('name'), email: values.text('email') }),
    ...(groups.length === 0 ? {} : { groups }),
  }
}

/** What the checks of every product are told. */
async function readShared(
  call: Call,
  settings: Settings,
  { key }: SignerWithKey,
): Promise<DoctorOptions> {
  const { caFile, authorities, lifetimeSeconds, notBeforeSkewSeconds } = settings
  // As a browser sends them.
  const setup = (settings.setup ?? {}) as { readonly origins?: readonly string[] }
  const origins = setup.origins?.map((origin) => new URL(origin).origin)
  const transport = await readTransport(call, settings)
  return {
    key,
    clock: call.clock,
    environment: call.terminal.environment,
    systemCa: authorities === 'system',
    ...definedOf({
      certificate: await readCertificateFile(settings),
      ca: caFile === undefined ? undefined : await readInput(call, '--ca-file', caFile),
      origins,
      transport,
      lifetimeSeconds,
      notBeforeSkewSeconds,
    }),
  }
}

/** No certificate is larger. */
const maxBytes = 65_536

/** In PEM; undefined where it is not there. */
async function readCertificateFile(settings: Settings): Promise<string | undefined> {
  const file = certificateFileOf(settings)
  if (file === undefined) return undefined
  try {
    const { bytes, refusal } = await readFileWithin(file, maxBytes)
    return refusal === undefined ? bytes.toString('utf8') : undefined
  } catch {
    return undefined
  }
}
