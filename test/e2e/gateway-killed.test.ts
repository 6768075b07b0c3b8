// The gateway is killed under load: no session that was given out is lost, none that ended comes back, no assertion
// counts twice, and the audit log is whole.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { seed } from './changed-tokens.ts'
import { type Product, readWhoAmI, type WhoAmI } from './either-gateway-stage.ts'
import { createGatewayProcess, type GatewayProcess } from './gateway-process.ts'
import { createVisitor, type Visitor } from './gateway-visitor.ts'

const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)
/** 100 in `npm run test:long`; half as many in front of client-managed Qlik. */
const kills: readonly (readonly [number, Product])[] = [
  [Math.max(2, Math.ceil(5 * scale)), 'cloud'],
  [Math.max(2, Math.ceil(2.5 * scale)), 'client-managed'],
]

/** Somebody whose login was answered. */
interface Known {
  readonly subject: string
  readonly browser: Visitor
  readonly assertion: string
  readonly at: number
  /** As it was at the login. */
  readonly cookie: string
  state: 'in' | 'leaving' | 'out'
}

it.each(kills)(
  `is killed %i times under load in front of %s: who was let in stays in, who left stays out, and the audit log verifies (seed ${seed})`,
  async (count, product) => {
    const gateway = await createGatewayProcess(product)
    onTestFinished(() => gateway.close())
    const moments = fc.sample(fc.integer({ min: 20, max: 1200 }), { numRuns: count, seed })
    let known: Known[] = []
    const given = new Set<string>()
    for (const [round, moment] of moments.entries()) {
      await gateway.start()
      await expectAsTheyWere(known, gateway.whoAmI)
      // An assertion says who it is for 15 minutes, and many rounds take longer.
      known = known.filter(({ at }) => Date.now() - at < 300_000).slice(-80)
      const load = startLoad(gateway, known, given, round)
      await new Promise((resolve) => setTimeout(resolve, moment))
      // Not before somebody was let in, also where everything is slow.
      await load.first
      await gateway.kill()
      await load.end()
      const verified = await gateway.verify()
      expect(verified.exitCode, `round ${round}: ${verified.out}${verified.err}`).toBe(0)
    }
    await gateway.start()
    await expectAsTheyWere(known, gateway.whoAmI)
    expect(given.size).toBeGreaterThan(count)
    // Nobody was let in whom the log does not have.
    const entered = await enteredIn(gateway.auditFolder)
    expect([...given].filter((subject) => !entered.has(subject))).toEqual([])
  },
)

/** People come, read, and leave, until the gateway is gone. */
function startLoad(gateway: GatewayProcess, known: Known[], given: Set<string>, round: number) {
  const { promise: first, resolve: letIn } = Promise.withResolvers<void>()
  let isEnding = false
  const visit = async (worker: number) => {
    for (let number = 0; !isEnding; number += 1) {
      const subject = `p-${round}-${worker}-${number}`
      const browser = createVisitor(gateway)
      const assertion = gateway.assertionFor(subject)
      expect((await browser.logIn(assertion)).status).toBe(200)
      const cookie = cookieOf(browser)
      const one: Known = { subject, browser, cookie, assertion, at: Date.now(), state: 'in' }
      known.push(one)
      given.add(subject)
      letIn()
      if (number % 4 === 3) {
        // From here on until it is answered, both are right.
        one.state = 'leaving'
        const left = await browser.ask('/.jotgate/logout', { method: 'POST' })
        expect(left.status).toBe(204)
        one.state = 'out'
      } else expect(await readWhoAmI(browser, gateway.whoAmI)).toBe(subject)
    }
  }
  const working = Array.from({ length: 8 }, (_, worker) =>
    visit(worker).catch((error: unknown) => {
      // The connection is cut when the process ends.
      if (!(error instanceof TypeError)) throw error
    }),
  )
  const ended = Promise.all(working)
  ended.catch(() => letIn())
  return {
    first,
    async end() {
      isEnding = true
      await ended
    },
  }
}

const cookieOf = ({ cookies }: Visitor) => cookies.get('__Host-jotgate') ?? ''

/** After a new start: the same cookie, without a login; and no assertion counts twice. */
async function expectAsTheyWere(known: readonly Known[], who: WhoAmI): Promise<void> {
  const left = known.values()
  const look = async () => {
    for (const { subject, browser, cookie, assertion, state } of left) {
      if (state === 'leaving') continue
      browser.cookies.set('__Host-jotgate', cookie)
      if (state === 'in') {
        expect(await browser.session(), subject).toMatchObject({ user: { subject } })
        expect(await readWhoAmI(browser, who)).toBe(subject)
        expect(cookieOf(browser)).toBe(cookie)
      } else expect(await browser.session(), subject).toMatchObject({ status: 401 })
      const again = await browser.logIn(assertion)
      expect(again.status, `the assertion of ${subject} again`).toBe(401)
    }
  }
  await Promise.all(Array.from({ length: 6 }, look))
}

/** Who entered, as the audit log has it. What a kill cut off is not a line. */
async function enteredIn(folder: string): Promise<Set<unknown>> {
  const names = await readdir(folder)
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  const lines = texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.includes('"event":"enter"') && line.endsWith('}'))
  return new Set(lines.map((line) => (JSON.parse(line) as { subject?: string }).subject))
}
