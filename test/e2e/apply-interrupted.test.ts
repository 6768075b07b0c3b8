// `jotgate apply` is killed, or interrupted by Ctrl+C, in the middle: at an exact request, by a relay before Qlik.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { applyPlan, hasChanges, nameOfStep, readPlan } from 'jotgate/provision'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ApplyTarget, applyTargets } from './apply-targets.ts'
import { type Command, createCommand } from './command.ts'
import { hasTerminals, jotgateWords, type Sitting, sitAt } from './terminal.ts'

const ctrlC = '\u0003'

describe.skipIf(!hasTerminals).each(Object.entries(applyTargets))('at %s', (_, start) => {
  let target: ApplyTarget
  let command: Command
  let sitting: Sitting | undefined
  /** The methods of the calls that the command makes to apply, those of its plan before them. */
  let methods: string[]
  /** The first call of each step among them. */
  let starts: number[]

  beforeAll(async () => {
    target = await start()
    command = await createCommand()
    const { deployment, files } = target.configured
    const all = {
      ...files,
      'jotgate.config.json': JSON.stringify({ deployments: { prod: deployment } }),
    }
    for (const [name, text] of Object.entries(all))
      await writeFile(join(command.folder, name), text, { mode: 0o600 })
    await countCalls()
  })
  afterAll(async () => {
    await target?.close()
    await command?.close()
  })
  beforeEach(() => target.reset())
  afterEach(() => sitting?.close())

  async function countCalls(): Promise<void> {
    const { relay } = target
    const read = () => relay.requests.map(({ method }) => method)
    await target.reset()
    const provisioning = await target.provision('relay')
    const plan = await readPlan({ provisioning })
    relay.requests.length = 0
    const begun: number[] = []
    await applyPlan({
      provisioning,
      plan,
      onEvent: ({ type }) => type === 'started' && begun.push(relay.requests.length),
    })
    const applying = read()
    await target.reset()
    const ended = await command.run(['apply', '--yes', '--timeout', '5m'], target.configured)
    expect(ended.exitCode, ended.err).toBe(0)
    methods = read()
    const planning = methods.length - applying.length
    expect(methods.slice(planning)).toEqual(applying)
    starts = begun.map((at) => planning + at)
  }

  /** Starts it on a terminal; gives its process ID, too. */
  async function startApply(options: string) {
    const { env } = target.configured
    const line = `echo "process $$."; exec ${jotgateWords} apply --timeout 5m ${options}`
    sitting = sitAt(line, { folder: command.folder, env })
    const shown = await sitting.until('.')
    return { ...sitting, processId: Number(/process (\d+)\./.exec(shown)?.[1]) }
  }

  /** Lets something happen when the call of a number arrives, before Qlik has it. */
  function whenAsked(call: number, act: () => Promise<'cut' | undefined>): void {
    let asked = 0
    target.relay.refuse = () => {
      asked += 1
      return asked === call + 1 ? act() : undefined
    }
  }

  const readTruth = async () => {
    const provisioning = await target.provision('direct')
    const plan = await readPlan({ provisioning })
    const named = (isDone: boolean) =>
      plan.steps.filter(({ action }) => (action === 'none') === isDone).map(nameOfStep)
    return { done: named(true), notDone: named(false), provisioning, plan }
  }

  async function expectToEndWell(): Promise<void> {
    const { provisioning, plan } = await readTruth()
    await applyPlan({ provisioning, plan })
    expect(hasChanges(await readPlan({ provisioning }))).toBe(false)
  }

  /** The steps that the terminal shows as done, by kind and key. */
  const ticked = (text: string) =>
    [...stripVTControlCharacters(text).matchAll(/✓ (.+) (?:created|changed)/g)].map(([, it]) => it)

  it('an apply that is killed has done what it told, and repeating ends well', async () => {
    // To be killed at a call that reads is to be killed before the next write.
    const writes = methods.flatMap((method, call) => (method === 'GET' ? [] : [call]))
    expect(writes.length).toBeGreaterThan(3)
    const moments: readonly (readonly [call: number, when: string])[] = [
      ...writes.map((call) => [call, 'before Qlik has it'] as const),
      ...writes.map((call) => [call, 'after Qlik has acted'] as const),
      [methods.length - 1, 'at the last call'],
    ]
    const told: number[] = []
    for (const [call, when] of moments) {
      await target.reset()
      const moment = `call ${call}, ${when}`
      const { processId, ended, shown } = await startApply('--yes')
      if (when === 'after Qlik has acted') {
        let answered = 0
        target.relay.tamper = () => {
          answered += 1
          if (answered !== call + 1) return undefined
          process.kill(processId, 'SIGKILL')
          return 'cut'
        }
      } else
        whenAsked(call, async () => {
          process.kill(processId, 'SIGKILL')
          await ended
          return 'cut'
        })
      expect(await ended, moment).toBe(137)
      const { done } = await readTruth()
      const steps = ticked(shown())
      told.push(steps.length)
      expect(done, moment).toEqual(expect.arrayContaining(steps))
      await expectToEndWell()
    }
    // Each number of steps was told at some moment.
    expect(new Set(told)).toEqual(new Set([0, ...starts.map((_, at) => at + 1)]))
  })

  it('Ctrl+C lets the step end that has begun, and says what is done and what is not', async () => {
    const [, second = 0] = starts
    const { notDone: planned } = await readTruth()
    const { until, type, ended, shown } = await startApply('--yes')
    whenAsked(second, async () => {
      type(ctrlC)
      await until('Interrupted: the step that has begun is finished first.')
      return undefined
    })
    expect(await ended).toBe(130)
    const { notDone } = await readTruth()
    const done = planned.filter((name) => !notDone.includes(name))
    expect(done).toHaveLength(2)
    expect(notDone.length).toBeGreaterThan(0)
    const text = stripVTControlCharacters(shown()).replaceAll('\r\n', '\n')
    const listed = (names: readonly string[]) => names.map((name) => `  · ${name}\n`).join('')
    expect(text).toContain(`Done:\n${listed(done)}Not done:\n${listed(notDone)}`)
    expect(ticked(text)).toHaveLength(2)
    await expectToEndWell()
  })

  it('a second Ctrl+C ends it at once', async () => {
    const [, second = 0] = starts
    const { notDone: planned } = await readTruth()
    const { until, type, ended } = await startApply('--yes')
    whenAsked(second, async () => {
      type(ctrlC)
      await until('A second Ctrl+C ends at once.')
      type(ctrlC)
      await ended
      return 'cut'
    })
    expect(await ended).toBe(130)
    expect((await readTruth()).notDone).toEqual(planned.slice(1))
    await expectToEndWell()
  })

  it('Ctrl+C at the question changes nothing', async () => {
    const { until, type, ended } = await startApply('')
    await until('(yes/no)')
    type(ctrlC)
    expect(await ended).toBe(130)
    expect(target.relay.requests.filter(({ method }) => method !== 'GET')).toEqual([])
  })
})
