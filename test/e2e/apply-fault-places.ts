// How calls fail while a plan is carried out, where, and what is told then.
import { isJotgateError } from 'jotgate'
import { type ApplyEvent, applyPlan, nameOfStep } from 'jotgate/provision'
import { expect } from 'vitest'
import type { Relay } from './relay.ts'

export const faults = [401, 403, 409, 429, 500, 'cut'] as const
export type Fault = (typeof faults)[number]

/** Where a call fails: the first has the number 1. */
export interface Place {
  readonly call: number
  readonly when: 'before Qlik has acted' | 'after Qlik has acted'
}

/** Every place at which calls of these methods can fail. A read that fails is one and the same before and after. */
export function placesFor(methods: readonly string[], fault: Fault): Place[] {
  const all = methods.flatMap((method, at): Place[] => {
    const before = { call: at + 1, when: 'before Qlik has acted' } as const
    const after = { call: at + 1, when: 'after Qlik has acted' } as const
    return method === 'GET' && fault !== 'cut' ? [before] : [before, after]
  })
  expect(all.length).toBeGreaterThan(methods.length)
  return all
}

/** Of these places those at which Qlik is changed. */
export const writesOf = (methods: readonly string[], places: readonly Place[]) =>
  places.filter(({ call }) => methods[call - 1] !== 'GET')

/** Lets one call fail, counted from now on. */
export function failAt(relay: Relay, fault: Fault, { call, when }: Place): void {
  let asked = 0
  const failure = fault === 'cut' ? fault : { status: fault, body: '{}' }
  const decide = () => {
    asked += 1
    return asked === call ? failure : undefined
  }
  if (when === 'before Qlik has acted') relay.refuse = decide
  else relay.tamper = decide
}

/** Lets every call pass again. */
export function passAll(relay: Relay): void {
  relay.refuse = () => undefined
  relay.tamper = () => undefined
}

/**
 * What is told as done, step by step and at the end, and as not done. Where it stops, each step of the plan must be
 * told once.
 */
export async function whatItSays(
  options: Parameters<typeof applyPlan>[0],
): Promise<{ done: readonly string[]; notDone: readonly string[] }> {
  const told: string[] = []
  const onEvent = ({ type, step }: ApplyEvent) => {
    if (type === 'done') told.push(nameOfStep(step))
  }
  try {
    const { done } = await applyPlan({ ...options, onEvent })
    expect(told).toEqual(done.map(nameOfStep))
    return { done: told, notDone: [] }
  } catch (error) {
    if (!isJotgateError(error)) throw error
    // Before the first step, the error is the call’s own.
    if (!isJotgateError(error, 'ERR_PROVISION_STOPPED')) return { done: told, notDone: [] }
    const { done, unknown, notDone } = error.details
    const open = options.plan.steps.filter(({ action }) => action !== 'none')
    expect([...done, ...unknown, ...notDone].sort()).toEqual(open.map(nameOfStep).sort())
    return { done: [...new Set([...told, ...done])], notDone }
  }
}
