import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createKeyPair } from '../../keys/index.ts'
import type { Plan, Step } from '../../provision/index.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'
import { planInWords, type ShownPlan } from './plan-in-words.ts'

const wanted = (kind: string, key: string, because: string) => ({ kind, key, fields: {}, because })
const actual = { id: '1', key: 'k', owner: 'unmarked', fields: {} } as const

const hosts = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `host-${from + at}.acme.example`)

const steps: readonly Step[] = [
  {
    action: 'none',
    kind: 'group settings',
    key: 'tenant',
    wanted: wanted('group settings', 'tenant', 'groups of a token'),
    changes: [],
  },
  {
    action: 'create',
    kind: 'web integration',
    key: 'Portal',
    wanted: wanted('web integration', 'Portal', 'setup.origins'),
    changes: [
      { field: 'name', from: undefined, to: 'Portal' },
      { field: 'active', from: undefined, to: true },
      { field: 'origins', from: undefined, to: ['https://www.acme.example', 'https://b.example'] },
    ],
  },
  {
    action: 'update',
    kind: 'virtual proxy',
    key: 'jwt',
    wanted: wanted('virtual proxy', 'jwt', 'the deployment'),
    changes: [
      { field: 'description', from: 'ours', to: '', because: 'the default' },
      {
        field: 'hosts',
        from: ['a', 'b', 'c'],
        to: ['b', 'c', 'd'],
        because: 'url, setup.origins, setup.virtualProxy.hostAllowList, and some more words',
      },
      { field: 'order', from: ['a', 'b'], to: ['b', 'a'] },
      { field: 'text', from: `${'same '.repeat(40)}old`, to: `${'same '.repeat(40)}new` },
    ],
    warning: 'This ends the sessions of everybody who is logged in by this virtual proxy.',
  },
  {
    action: 'conflict',
    kind: 'csp entry',
    key: 'www.acme.example',
    wanted: wanted('csp entry', 'www.acme.example', 'setup.origins'),
    actual,
    changes: [],
  },
  {
    action: 'replace',
    kind: 'identity provider',
    key: 'acme',
    wanted: wanted('identity provider', 'acme', 'the key'),
    changes: [{ field: 'kid', from: 'a', to: 'b' }],
    cost: 'Another key is a rotation.',
  },
  { action: 'delete', kind: 'csp entry', key: 'old', actual, changes: [] },
]

function shown(
  all: readonly Step[],
  options: { columns?: number; more?: Partial<Plan> & Partial<ShownPlan> } = {},
) {
  const { columns, more = {} } = options
  const terminal = Object.assign(memoryTerminal({ folder: '.' }), {
    stdoutIsTerminal: columns !== undefined,
    columns: { stdout: columns, stderr: undefined },
  })
  const { notChecked = [], missingRights = [], removesAll = false } = more
  const plan = { steps: all, notChecked }
  const url = 'https://acme.eu.qlikcloud.com'
  return planInWords(
    { url, setupId: '5f2c90ab', plan, missingRights, removesAll },
    terminal,
    'stdout',
  )
}

describe('a plan in words', () => {
  it('is a diff, field by field, with why each object is wanted', () => {
    const more = {
      notChecked: ['The security rules.'],
      missingRights: [{ what: 'change web integrations', givenBy: 'the role TenantAdmin' }],
    }
    expect(shown(steps, { more })).toMatchInlineSnapshot(`
      "https://acme.eu.qlikcloud.com, setup 5f2c90ab

      = in order: group settings "tenant"

      + create web integration "Portal"
        because of setup.origins
          name    Portal
          active  true
          origins
            + https://www.acme.example
            + https://b.example

      ~ change virtual proxy "jwt"
        because of the deployment
          description  ours → (empty)  (the default)
          hosts  (url, setup.origins, setup.virtualProxy.hostAllowList, and some more words)
            - a
            + d
              2 others stay
          order
            in another order:
              b
              a
          text
            - …same same same same same same old
            + …same same same same same same new
        ! This ends the sessions of everybody who is logged in by this virtual proxy.

      ! conflict: csp entry "www.acme.example"
        because of setup.origins
        It bears the mark of no setup.

      ! cannot change identity provider "acme"
        because of the key
          kid  a → b
        Another key is a rotation.

      - delete csp entry "old"
        because of its mark: this setup has made it, and the settings want it no longer

      Conflicts:
        · Objects that no setup has marked: look at each in Qlik’s console. \`--adopt\` marks them as
          objects of this setup, and changes their fields as above.

      Rights that are missing:
        · change web integrations: given by the role TenantAdmin

      Not checked:
        · The security rules.

      Plan: 1 to create, 1 to change, 1 to delete (needs --allow-delete), 1 cannot be changed, 1 conflict,
        1 as it should be.
      "
    `)
  })

  it.each([80, 120])('stays within %i columns, in colours', (columns) => {
    const text = shown(steps, { columns })
    expect(text).not.toBe(stripVTControlCharacters(text))
    const lines = stripVTControlCharacters(text).split('\n')
    expect(lines.filter((line) => line.length > columns)).toEqual([])
  })

  it('names a certificate by its fingerprint, and the place where two long texts differ', async () => {
    const { certificatePem } = await createKeyPair({ bits: 2048 })
    const change = { field: 'certificate', from: '', to: certificatePem }
    const text = shown([{ action: 'update', kind: 'proxy', key: 'jwt', changes: [change] }])
    expect(text).toMatch(/certificate [0-9A-F]{2}(:[0-9A-F]{2}){20,}/)
    expect(text).not.toContain('BEGIN')
    expect(shown(steps)).toMatch(/- …same .*old\n.*\+ …same .*new\n/)
  })

  it('counts what a long list has beyond twenty members', () => {
    const changes = [{ field: 'hosts', from: hosts(0, 2), to: hosts(1, 40) }]
    const text = shown([{ action: 'update', kind: 'proxy', key: 'jwt', changes }])
    expect(text).toContain('and 18 more')
    expect(text).toContain('1 other stays')
  })

  it('escapes what a terminal would obey', () => {
    const changes = [{ field: 'a\u001b[2J', from: '\u001b]0;x\u0007', to: ['\u001b[31m'] }]
    const text = shown([{ action: 'update', kind: 'proxy', key: 'j\u001b[2K', changes }])
    expect(text).not.toContain('\u001b')
  })

  it('says when there is nothing to do', () => {
    expect(shown(steps.slice(0, 1))).toMatch(/\nNothing to do: 1 object as it should be\.\n$/)
    expect(shown([], { more: { removesAll: true } })).toMatch(/no object of this setup/)
  })
})
