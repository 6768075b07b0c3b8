// What an administrator changes by hand at a client-managed server is found field by field, and mended or refused;
// what is not this setup’s is never touched, byte by byte.
import { createKeyPair } from 'jotgate/keys'
import { hasChanges, type Step } from 'jotgate/provision'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { carryOut, plan, type Server, serviceUser, startServer } from './provision-server-stage.ts'
import {
  type Admin,
  anotherMark,
  asAdmin,
  type Entity,
  foreignObjects,
  makeForeignObjects,
  mark,
  wholeRepository,
} from './server-administrator.ts'

let server: Server
let anotherCertificate: string
beforeAll(async () => {
  server = await startServer()
  anotherCertificate = (await createKeyPair({ bits: 2048 })).certificatePem
})
afterAll(() => server?.close())

/** What was done by hand, and what a plan makes of it: action, kind, key and fields; of a conflict whose it is. */
type Drift = readonly [string, (admin: Admin) => Promise<unknown>, readonly string[]]
const drifts: readonly Drift[] = [
  // The fields of the virtual proxy.
  ...(
    [
      ['another description', { description: 'Portal' }],
      ['another way to log in', { authenticationMethod: 0 }],
      ['another claim for the user ID', { jwtAttributeUserId: 'uid' }],
      ['a constant user directory', { jwtAttributeUserDirectory: '[ACME]' }],
      ['an audience', { jwtAudience: 'qlik' }],
      ['no attribute mapping', { jwtAttributeMap: [] }],
      [
        'the attribute under another name',
        { jwtAttributeMap: [{ jwtAttribute: 'group', senseAttribute: 'g', isMandatory: false }] },
      ],
      [
        'a mandatory attribute',
        {
          jwtAttributeMap: [{ jwtAttribute: 'group', senseAttribute: 'group', isMandatory: true }],
        },
      ],
      ['another session cookie', { sessionCookieHeaderName: 'X-Qlik-Session-portal' }],
      ['a cookie for the whole domain', { sessionCookieDomain: 'localhost' }],
      ['a shorter session', { sessionInactivityTimeout: 5 }],
      ['no engine', { loadBalancingServerNodes: [] }],
      ['an empty host allow list', { websocketCrossOriginWhiteList: [] }],
      [
        'one host more',
        { websocketCrossOriginWhiteList: ['localhost', 'www.acme.example', 'b.example'] },
      ],
      ['no response headers', { additionalResponseHeaders: '' }],
      ['another response header', { additionalResponseHeaders: 'Access-Control-Allow-Origin: *' }],
      ['SameSite Lax', { sameSiteAttributeHttp: 2 }],
      ['cookies that are not Secure', { hasSecureAttributeHttp: false }],
      ['anonymous users', { anonymousAccessMode: 1 }],
      ['Extended security', { extendedSecurityEnvironment: true }],
    ] as const
  ).map(
    ([what, fields]): Drift => [
      what,
      (a: Admin) => a.proxy(fields),
      [`update virtual proxy jwt: ${Object.keys(fields)}`],
    ],
  ),
  [
    'another certificate',
    (a) => a.proxy({ jwtPublicKeyCertificate: anotherCertificate }),
    ['update virtual proxy jwt: jwtPublicKeyCertificate'],
  ],
  [
    'several fields at once',
    (a) => a.proxy({ jwtAudience: 'qlik', sessionInactivityTimeout: 5 }),
    ['update virtual proxy jwt: jwtAudience,sessionInactivityTimeout'],
  ],
  // Whose the virtual proxy is, and whether it is there.
  [
    'the virtual proxy has no mark any more',
    (a) => a.proxy({ tags: [] }),
    ['conflict unmarked virtual proxy jwt'],
  ],
  [
    'the tag that is its mark was deleted',
    (a) => a.remove('tag', 'name', mark),
    ['conflict unmarked virtual proxy jwt'],
  ],
  [
    'the virtual proxy has the mark of another setup',
    async (a) => a.proxy({ tags: [await a.find('tag', 'name', anotherMark)] }),
    [
      'conflict another-setup virtual proxy jwt',
      'conflict another-setup proxy link jwt at Central',
      'conflict another-setup proxy link jwt at Rim',
    ],
  ],
  [
    'the virtual proxy was deleted',
    (a) => a.remove('virtualproxyconfig', 'prefix', 'jwt'),
    [
      'create virtual proxy jwt',
      'create proxy link jwt at Central',
      'create proxy link jwt at Rim',
    ],
  ],
  [
    'the virtual proxy was deleted and made again by hand',
    async (a) => {
      await a.remove('virtualproxyconfig', 'prefix', 'jwt')
      await a.make('virtualproxyconfig', {
        prefix: 'jwt',
        description: 'jotgate',
        sessionCookieHeaderName: 'X-Qlik-Session-jwt',
      })
    },
    [
      'conflict unmarked virtual proxy jwt',
      'create proxy link jwt at Central',
      'create proxy link jwt at Rim',
    ],
  ],
  [
    'one virtual proxy more, with the mark, and linked',
    async (a) => {
      const more = await a.make('virtualproxyconfig', {
        prefix: 'more',
        description: '',
        sessionCookieHeaderName: 'X-More',
        tags: [await a.find('tag', 'name', mark)],
      })
      await a.link('Rim', more)
    },
    ['delete proxy link more at Rim', 'delete virtual proxy more'],
  ],
  // The links.
  ['a link is gone', (a) => a.unlink('Rim'), ['create proxy link jwt at Rim']],
  [
    'both links are gone',
    async (a) => {
      await a.unlink('Central')
      await a.unlink('Rim')
    },
    ['create proxy link jwt at Central', 'create proxy link jwt at Rim'],
  ],
  // The security rules of the service user.
  ...(
    [
      ['virtual proxy', { rule: 'user.name like "*"' }],
      ['links to proxies', { actions: 15 }],
      ['links to proxies', { resourceFilter: '*' }],
      ['nodes', { disabled: true }],
    ] as const
  ).map(
    ([name, fields]): Drift => [
      `the rule for ${name} has another ${Object.keys(fields)}`,
      (a: Admin) => a.rule(name, fields),
      [`update security rule jotgate jwt: ${name}: ${Object.keys(fields)}`],
    ],
  ),
  [
    'a rule holds in the QMC only',
    (a) => a.rule('nodes', { ruleContext: 2 }),
    ['update security rule jotgate jwt: nodes: context'],
  ],
  [
    'a rule was deleted',
    (a) => a.remove('systemrule', 'name', 'jotgate jwt: tag'),
    ['create security rule jotgate jwt: tag'],
  ],
  [
    'a rule has no mark any more',
    (a) => a.rule('tag', { comment: 'By hand' }),
    ['conflict unmarked security rule jotgate jwt: tag'],
  ],
  [
    'a rule has the mark of another setup',
    (a) => a.rule('tag', { comment: anotherMark }),
    ['conflict another-setup security rule jotgate jwt: tag'],
  ],
  [
    'one rule more, with the mark',
    (a) =>
      a.make('systemrule', {
        name: 'jotgate jwt: everything',
        category: 'Security',
        resourceFilter: '*',
        rule: 'user.userId = "jotgate"',
        actions: 15,
        comment: `More ${mark}`,
      }),
    ['delete security rule jotgate jwt: everything'],
  ],
  [
    'all is gone',
    async (a) => {
      for (const { name } of await a.list('systemrule'))
        if (String(name).startsWith('jotgate jwt')) await a.remove('systemrule', 'name', `${name}`)
      await a.remove('virtualproxyconfig', 'prefix', 'jwt')
      await a.remove('tag', 'name', mark)
    },
    [
      'create virtual proxy jwt',
      'create proxy link jwt at Central',
      'create proxy link jwt at Rim',
      'create security rule jotgate jwt: virtual proxy',
      'create security rule jotgate jwt: links to proxies',
      'create security rule jotgate jwt: nodes',
      'create security rule jotgate jwt: tag',
    ],
  ],
]

const told = ({ action, actual, kind, key, changes }: Step) => {
  const owner = action === 'conflict' ? ` ${actual?.owner}` : ''
  const fields = action === 'update' ? `: ${changes.map(({ field }) => field)}` : ''
  return `${action}${owner} ${kind} ${key}${fields}`
}

const openSteps = ({ steps }: { steps: readonly Step[] }) =>
  steps.filter(({ action }) => action !== 'none').map(told)

const provision = () => server.provision({ serviceUser })

async function setUp(): Promise<Admin> {
  server.reset()
  const provisioning = await provision()
  await carryOut(provisioning, await plan(provisioning))
  const admin = asAdmin(server)
  await makeForeignObjects(admin)
  // Makes the user, so that a later login changes nothing.
  await server.logIn()
  return admin
}

let admin: Admin
beforeEach(async () => {
  admin = await setUp()
})

describe('a change by hand', () => {
  it('has more than twenty forms here', () => expect(drifts.length).toBeGreaterThan(20))

  it.each(drifts)('is found, and mended or refused: %s', async (_, drift, expected) => {
    expect(openSteps(await plan(await provision()))).toEqual([])
    await drift(admin)
    const before = await wholeRepository(admin)
    const foreign = await foreignObjects(admin)
    const planned = await plan(await provision())
    expect(openSteps(planned)).toEqual(expected)
    if (planned.steps.some(({ action }) => action === 'conflict')) {
      await expect(carryOut(await provision(), planned)).rejects.toMatchObject({
        code: 'ERR_PROVISION_CONFLICT',
      })
      expect(await wholeRepository(admin)).toEqual(before)
    }
    const adopting = await plan(await provision(), { adopt: true })
    const isAnothers = expected.some((line) => line.includes('another-setup'))
    if (isAnothers) {
      await expect(carryOut(await provision(), adopting)).rejects.toMatchObject({
        code: 'ERR_PROVISION_CONFLICT',
      })
      expect(await wholeRepository(admin)).toEqual(before)
    } else {
      await carryOut(await provision(), adopting)
      expect(hasChanges(await plan(await provision()))).toBe(false)
      expect(await server.logIn('proxy')).toBe('ACME\\ada')
      expect(await server.logIn('proxy2')).toBe('ACME\\ada')
    }
    expect(await foreignObjects(admin)).toEqual(foreign)
  })

  it('of the prefix is refused: the virtual proxy of before has the cookie', async () => {
    await admin.proxy({ prefix: 'renamed' })
    const before = await wholeRepository(admin)
    await expect(provision()).rejects.toMatchObject({
      code: 'ERR_PROVISION_OPTION',
      message: expect.stringMatching(/sessionCookieName.*renamed/),
    })
    expect(await wholeRepository(admin)).toEqual(before)
  })

  it('of what the setup says nothing of is nothing to mend, and stays when something else is', async () => {
    const [team] = await admin.list('custompropertydefinition')
    const { tags } = await admin.find('virtualproxyconfig', 'prefix', 'jwt')
    const byHand = {
      useStickyLoadBalancing: true,
      loadBalancingAlgorithm: 1,
      windowsAuthenticationEnabledDevicePattern: 'Mac',
      sameSiteAttributeHttps: 3,
      customProperties: [{ definition: team, value: 'Sales' }],
      tags: [...(tags as Entity[]), await admin.find('tag', 'name', 'Sales')],
    }
    await admin.proxy(byHand)
    expect(openSteps(await plan(await provision()))).toEqual([])
    const withoutDates = async () => {
      const found = await admin.find('virtualproxyconfig', 'prefix', 'jwt')
      const { modifiedDate: _, customProperties, ...others } = found
      return { ...others, values: (customProperties as Entity[]).map(({ value }) => value) }
    }
    const before = await withoutDates()
    expect(before).toMatchObject({ useStickyLoadBalancing: true, values: ['Sales'] })
    await admin.proxy({ jwtAudience: 'qlik' })
    await carryOut(await provision(), await plan(await provision()))
    expect(await withoutDates()).toEqual(before)
  })

  it('of how it is written is nothing to mend: line breaks, order, upper case', async () => {
    const found = await admin.find('virtualproxyconfig', 'prefix', 'jwt')
    await admin.proxy({
      jwtPublicKeyCertificate: String(found.jwtPublicKeyCertificate).replaceAll('\n', '\r\n'),
      additionalResponseHeaders: String(found.additionalResponseHeaders)
        .split('\n')
        .reverse()
        .join('\r\n'),
      websocketCrossOriginWhiteList: ['WWW.ACME.example', 'localhost'],
      loadBalancingServerNodes: [...(found.loadBalancingServerNodes as object[])].reverse(),
    })
    expect(openSteps(await plan(await provision()))).toEqual([])
  })
})

it('destroy removes all that bears the mark and nothing else, the tag included', async () => {
  const foreign = await foreignObjects(admin)
  const planned = await plan(await provision(), { removesAll: true })
  expect(openSteps(planned)).toEqual([
    'delete security rule jotgate jwt: virtual proxy',
    'delete security rule jotgate jwt: links to proxies',
    'delete security rule jotgate jwt: nodes',
    'delete security rule jotgate jwt: tag',
    'delete proxy link jwt at Central',
    'delete proxy link jwt at Rim',
    'delete virtual proxy jwt',
  ])
  await carryOut(await provision(), planned)
  expect(await foreignObjects(admin)).toEqual(foreign)
  const left = [...(await wholeRepository(admin)).values()]
  expect(left.filter(({ prefix, name }) => prefix === 'jwt' || name === mark)).toEqual([])
  expect(hasChanges(await plan(await provision(), { removesAll: true }))).toBe(false)
})
