import { describe, expect, it } from 'vitest'
import type { ActualObject, Kind, Owner, WantedObject } from './kind.ts'
import { planSteps } from './plan.ts'

const unused = () => Promise.reject(new Error('A plan writes nothing'))

const kindOf = (name: string, more: Partial<Kind> = {}): Kind => ({
  name,
  fixed: {},
  unordered: [],
  list: unused,
  create: unused,
  update: unused,
  remove: unused,
  ...more,
})

const wantedOf = (kind: string, key: string, fields = {}): WantedObject => ({
  kind,
  key,
  fields,
  because: 'a test',
  reasons: { list: 'the list' },
})

const actualOf = (key: string, owner: Owner, fields = {}, id = key): ActualObject => ({
  id,
  key,
  owner,
  fields,
})

const kind = kindOf('proxy', { unordered: ['nodes'], fixed: { issuer: 'It is a rotation.' } })

/** What one wanted object and these actual ones come to. */
function plan(
  fields: object,
  actual: readonly ActualObject[],
  options: { adopt?: boolean; removesAll?: boolean } = {},
) {
  return planSteps({
    kinds: [kind],
    wanted: [wantedOf('proxy', 'jwt', fields)],
    objects: new Map([['proxy', actual]]),
    adopt: false,
    ...options,
  }).map(({ action, key, changes, adopts, cost }) => ({ action, key, changes, adopts, cost }))
}

describe('a plan', () => {
  it('warns of what a step brings with it, and of nothing where there is no step', () => {
    const warnings = { update: 'Its sessions end.', delete: 'Nobody can log in.' }
    const proxy = kindOf('proxy', { warnings })
    const there = [
      actualOf('same', 'this-setup'),
      actualOf('changed', 'this-setup'),
      actualOf('more', 'this-setup'),
    ]
    const steps = planSteps({
      kinds: [proxy],
      wanted: ['same', 'new']
        .map((key) => wantedOf('proxy', key))
        .concat(wantedOf('proxy', 'changed', { a: 1 })),
      objects: new Map([['proxy', there]]),
      adopt: false,
    })
    expect(steps.map(({ key, action, warning }) => [key, action, warning])).toEqual([
      ['same', 'none', undefined],
      ['new', 'create', undefined],
      ['changed', 'update', 'Its sessions end.'],
      ['more', 'delete', 'Nobody can log in.'],
    ])
  })

  it('makes what is not there, with each field', () => {
    expect(plan({ a: 1 }, [actualOf('other', 'unmarked')])).toMatchObject([
      { action: 'create', key: 'jwt', changes: [{ field: 'a', from: undefined, to: 1 }] },
    ])
  })

  it('has nothing to do where each wanted field is as it should be, whatever the others are', () => {
    const there = actualOf('jwt', 'this-setup', { a: { b: [1] }, other: 2 })
    expect(plan({ a: { b: [1] } }, [there])).toMatchObject([{ action: 'none', changes: [] }])
  })

  it('names each field that differs; the order counts where it means something', () => {
    const there = actualOf('jwt', 'this-setup', { nodes: ['b', 'a'], list: ['b', 'a'] })
    expect(plan({ nodes: ['a', 'b'], list: ['a', 'b'] }, [there])).toMatchObject([
      {
        action: 'update',
        changes: [{ field: 'list', from: ['b', 'a'], to: ['a', 'b'], because: 'the list' }],
      },
    ])
  })

  it('replaces nothing by itself: it says what it would cost', () => {
    expect(plan({ issuer: 'b' }, [actualOf('jwt', 'this-setup', { issuer: 'a' })])).toMatchObject([
      { action: 'replace', cost: 'It is a rotation.' },
    ])
  })

  it.each([
    ['unmarked', false, 'conflict', undefined],
    ['unmarked', true, 'update', true],
    ['another-setup', false, 'conflict', undefined],
    ['another-setup', true, 'conflict', undefined],
    ['deployment', false, 'none', undefined],
  ] as const)('takes an object that is %s with adopt %s as %s', (owner, adopt, action, adopts) => {
    expect(plan({}, [actualOf('jwt', owner)], { adopt })).toMatchObject([{ action, adopts }])
  })

  it('prefers its own object among several of one key, and removes its surplus ones', () => {
    const objects = [
      actualOf('jwt', 'unmarked', {}, '1'),
      actualOf('jwt', 'this-setup', {}, '2'),
      actualOf('jwt', 'this-setup', {}, '3'),
    ]
    const steps = planSteps({
      kinds: [kind],
      wanted: [wantedOf('proxy', 'jwt')],
      objects: new Map([['proxy', objects]]),
      adopt: false,
    })
    expect(steps.map(({ action, actual }) => [action, actual?.id])).toEqual([
      ['none', '2'],
      ['delete', '3'],
    ])
  })

  it('removes only what its setup has made, the last kind first', () => {
    const kinds = ['proxy', 'link'].map((name) => kindOf(name))
    const objects = new Map([
      ['proxy', [actualOf('jwt', 'this-setup'), actualOf('hub', 'unmarked')]],
      ['link', [actualOf('node-1', 'this-setup'), actualOf('node-2', 'another-setup')]],
    ])
    const wanted = [wantedOf('proxy', 'jwt'), wantedOf('link', 'node-1')]
    const steps = planSteps({ kinds, wanted, objects, adopt: true, removesAll: true })
    expect(steps.map(({ action, kind: name, key }) => [action, name, key])).toEqual([
      ['delete', 'link', 'node-1'],
      ['delete', 'proxy', 'jwt'],
    ])
  })

  it('sets a setting of the whole deployment back only when told so', () => {
    const settings = kindOf('settings', { defaults: { groups: false, more: 1 } })
    const setting = actualOf('groups', 'deployment', { groups: true, more: 2 })
    const steps = (setsBack: boolean) =>
      planSteps({
        kinds: [settings, kind],
        wanted: [wantedOf('settings', 'groups', { groups: true }), wantedOf('proxy', 'jwt')],
        objects: new Map([['settings', [setting]]]),
        adopt: false,
        removesAll: true,
        setsBack,
      })
    expect(steps(false)).toEqual([])
    expect(steps(true)).toMatchObject([
      { action: 'update', changes: [{ field: 'groups', from: true, to: false }] },
    ])
  })
})
