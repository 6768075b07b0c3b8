import type { CheckResult } from '../../doctor/index.ts'
import { readPlan } from '../../provision/index.ts'
import type { Call, OptionSpec, OptionValues } from '../command.ts'
import { examineDeployment } from '../doctor/deployment.ts'
import { untilBack } from '../doctor/fix.ts'
import { orInterrupted } from '../interruption.ts'
import { applySettings } from '../provision/apply.ts'
import type { CarriedOut } from '../provision/carry-out.ts'
import { withProvisioning } from '../provision/read-provisioning.ts'
import { mayAsk, sayBefore } from './init-answers.ts'

/** Who logs in at the end. */
export const testLoginOptions: readonly OptionSpec[] = [
  {
    flags: '--as <subject>',
    description: 'log in at the end as this user, who exists: the subject, or the user ID',
    otherwise: 'on a terminal it is asked for; nobody elsewhere',
    onlyFlag: true,
  },
  {
    flags: '--create-test-user',
    description:
      'log in at the end as a user who is made for it, who may take a licence; they are deleted afterwards',
    onlyFlag: true,
  },
]

/** The call of a command that reads what `init` has written, and nothing else of what `init` was given. */
export function callOnFile(
  call: Call,
  written: {
    file: string
    deployment: string
    /** Variables of the environment that a person has typed. */
    secrets: Readonly<Record<string, string>>
  },
): Call {
  const { terminal, values: given } = call
  const texts: Readonly<Record<string, string>> = {
    config: written.file,
    deployment: written.deployment,
  }
  const kept = ['timeout', 'json', 'yes']
  const values: OptionValues = {
    text: (name) => texts[name] ?? (kept.includes(name) ? given.text(name) : undefined),
    list: () => [],
    isOn: (name) => kept.includes(name) && given.isOn(name),
    source: (name) =>
      name in texts ? 'flag' : kept.includes(name) ? given.source(name) : undefined,
  }
  const environment = { ...terminal.environment, ...written.secrets }
  return {
    ...call,
    values,
    terminal: Object.create(terminal, { environment: { value: environment } }),
  }
}

/** What was made at Qlik. */
export interface SetUp {
  readonly applied: CarriedOut['json']
  /** The ID that a page gives to `connect`; undefined where there is none. */
  readonly webIntegrationId: string | undefined
}

/** Shows the plan, asks, carries it out, and reads all of it once more. */
export async function setUp(call: Call): Promise<SetUp> {
  const { text, json } = await applySettings(call, { adopt: false, allowDelete: false })
  call.note(text.trimEnd())
  const { steps } = await withProvisioning(call, ({ provisioning }) =>
    orInterrupted(call.signal, readPlan({ provisioning })),
  )
  return {
    applied: json,
    webIntegrationId: steps.find(({ kind }) => kind === 'web integration')?.actual?.id,
  }
}

/** Who is to log in. */
export interface TestUser {
  readonly subject: string
  /** Whether the login makes them; they are deleted afterwards. */
  readonly isMade: boolean
}

/** Takes who logs in from what was given, and asks a person otherwise; undefined for nobody. */
export async function chooseTestUser(call: Call, setupId: string): Promise<TestUser | undefined> {
  const { values } = call
  const given = values.text('as')
  const own = `jotgate-test-${setupId}`
  const isMade = values.isOn('createTestUser')
  if (given !== undefined || isMade) {
    if (isMade)
      sayBefore(
        call,
        `${given ?? own} logs in now: the login makes them, they may take a licence, and they are deleted afterwards.`,
      )
    return { subject: given ?? own, isMade }
  }
  if (!mayAsk(call)) return undefined
  const subject = (
    await call.terminal.ask(
      'Log in as whom? Subject or user ID of a user who exists (empty: nobody): ',
    )
  ).trim()
  if (subject !== '') return { subject, isMade: false }
  sayBefore(
    call,
    `A test user, ${own}, can be made for the login and deleted afterwards. A user may take a licence.`,
  )
  const answer = await call.terminal.ask('Make the test user? (yes/no) ')
  return /^y(es)?$/i.test(answer.trim()) ? { subject: own, isMade: true } : undefined
}

/** Logs in by the checks of doctor; what was changed may make proxies restart. */
export async function tryLogin(
  call: Call,
  { subject, isMade }: TestUser,
  isChanged: boolean,
): Promise<readonly CheckResult[]> {
  const told = { user: { subject }, createsUser: isMade }
  const check = async () => (await examineDeployment(call, told)).results
  return untilBack(() => isChanged, check, call.signal)
}
