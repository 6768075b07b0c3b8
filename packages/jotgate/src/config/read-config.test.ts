import { execFileSync } from 'node:child_process'
import { chmod, chown, lchown, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ownerProblem } from './file-owner.ts'
import {
  loadConfigJsonSchema,
  nameProblems,
  parseConfig,
  readConfig,
  readConfigText,
} from './read-config.ts'

const good = {
  deployments: {
    prod: {
      product: 'cloud',
      url: 'https://acme.eu.qlikcloud.com',
      signing: { key: { file: 'keys/qlik.pem' }, kid: 'acme-1', issuer: 'acme.example' },
    },
    site: {
      product: 'client-managed',
      url: 'https://sense.acme.example',
      prefix: 'jwt',
      userDirectory: 'ACME',
      claims: { userId: 'uid', attributes: { department: 'dept' } },
      signing: { key: { env: 'QLIK_KEY' }, alg: 'RS512', lifetime: '5m' },
    },
  },
}

const problemsOf = async (value: unknown): Promise<string[]> => {
  try {
    await parseConfig(JSON.stringify(value), 'c.json')
  } catch (error) {
    return (error as { details: { problems: string[] } }).details.problems
  }
  return []
}

describe('a configuration file', () => {
  it('is read as it stands', async () => {
    expect(await parseConfig(JSON.stringify(good), 'c.json')).toEqual(good)
  })

  it('is told apart quickly when thousands of names in it are unknown', async () => {
    const { prod } = good.deployments
    const others = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`name${at}`, at]))
    const start = performance.now()
    const problems = await problemsOf({ deployments: { prod: { ...prod, ...others } } })
    expect(problems).toHaveLength(2000)
    const many = Object.fromEntries(Object.keys(others).map((name) => [name, { ...prod, x: 1 }]))
    expect(await problemsOf({ deployments: many })).toHaveLength(2000)
    // 0.3 s; it was 80 s.
    expect(performance.now() - start).toBeLessThan(20_000)
  })

  it('has one way to an administrator', async () => {
    const { prod } = good.deployments
    const problems = (administrator: object) =>
      problemsOf({ deployments: { prod: { ...prod, administrator } } })
    const apiKey = { env: 'KEY' }
    expect(await problems({ apiKey, oauth: { clientId: 'a' } })).toEqual([
      expect.stringMatching(/^deployments\.prod\.administrator: has both `apiKey` and `oauth`/),
    ])
    expect(await problems({ oauth: { clientId: 'a', secret: apiKey, key: apiKey } })).toEqual([
      expect.stringMatching(
        /^deployments\.prod\.administrator\.oauth: has both `secret` and `key`/,
      ),
    ])
    // The command line may give the rest.
    expect(await problems({ oauth: { clientId: 'a' } })).toEqual([])
    const each = (await loadConfigJsonSchema()).properties?.deployments?.additionalProperties
    const [cloud] = typeof each === 'object' ? (each.oneOf ?? []) : []
    expect(cloud?.properties?.administrator).toMatchObject({
      not: { required: ['apiKey', 'oauth'] },
      properties: { oauth: { not: { required: ['secret', 'key'] } } },
    })
  })

  it('may begin with a byte order mark, as Windows editors write', async () => {
    expect(await parseConfig(`\uFEFF${JSON.stringify(good)}`, 'c.json')).toEqual(good)
  })

  it('has all its problems listed at once, each with its place', async () => {
    const problems = await problemsOf({
      deploymets: {},
      deployments: {
        prod: { product: 'cloud', url: 'acme', signing: { kye: { file: 'x' }, lifetime: 'soon' } },
        site: { product: 'client-managed', url: 'https://a.example', prefix: 'JWT', issuer: 'x' },
        other: { product: 'saas', url: 'https://a.example' },
      },
    })
    expect(problems).toEqual(
      expect.arrayContaining([
        'deploymets: is unknown here; did you mean deployments?',
        expect.stringMatching(/^deployments\.prod\.url: is not a web address/),
        'deployments.prod.signing.kye: is unknown here; did you mean key?',
        expect.stringMatching(/^deployments\.prod\.signing\.lifetime: must be a whole number/),
        'deployments.site.prefix: may hold a-z, 0-9 and - . _ ~ only',
        expect.stringMatching(/^deployments\.site\.issuer: is unknown here/),
        expect.stringMatching(/^deployments\.other\.product: must have a product/),
      ]),
    )
    expect(problems).toHaveLength(7)
  })

  it.each(['{"file":"a","env":"B"}', '{}'])(
    'names exactly one place of a secret, not %s',
    async (text) => {
      const key: unknown = JSON.parse(text)
      const prod = { product: 'cloud', url: 'https://a.example', signing: { key } }
      expect(await problemsOf({ deployments: { prod } })).toEqual([
        'deployments.prod.signing.key: must have one of `file` and `env`',
      ])
    },
  )

  it('says what is missing, and where a name belongs that stands beside its place', async () => {
    const prod = { product: 'cloud', issuer: 'a', kidd: 'b', signing: {} }
    const problems = await problemsOf({ deployments: { prod }, defaultDeployment: 'prodd' })
    expect(problems.toSorted()).toEqual([
      'defaultDeployment: must be one of prod; did you mean prod?',
      'deployments.prod.issuer: is unknown here; did you mean signing.issuer?',
      'deployments.prod.kidd: is unknown here; did you mean signing.kid?',
      'deployments.prod.url: is missing',
    ])
    expect(await problemsOf({})).toEqual(['deployments: is missing'])
    expect(await problemsOf({ deployments: [] })).toEqual(['deployments: must be of type object'])
  })

  it('has no name twice: the first of two deployments would be lost', async () => {
    const prod = '{"product":"cloud","url":"https://a.example"}'
    await expect(
      parseConfig(`{"deployments":{"prod":${prod},"prod":${prod}},"typo":1}`, 'c.json'),
    ).rejects.toMatchObject({
      details: {
        problems: ['deployments.prod: occurs twice', expect.stringMatching(/^typo: is unknown/)],
      },
    })
  })

  it('does not hold a secret itself', async () => {
    const prod = { product: 'cloud', url: 'https://a.example', signing: { key: 'SECRET' } }
    const problems = await problemsOf({ deployments: { prod } })
    expect(problems).toEqual(['deployments.prod.signing.key: must be of type object'])
  })

  it('does not repeat a key in the place of its file or variable', async () => {
    const key = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj'
    for (const place of [{ file: key }, { env: key }, { file: '{"kty":"RSA"}' }]) {
      const signing = { key: place }
      const prod = { product: 'cloud', url: 'https://a.example', signing }
      const [problem = '', ...others] = await problemsOf({ deployments: { prod } })
      expect(problem).toMatch(/^deployments\.prod\.signing\.key\.(file|env): looks like a key/)
      expect([problem.includes('MII'), others]).toEqual([false, []])
    }
  })

  it('names a default that is there', async () => {
    expect(await problemsOf({ ...good, defaultDeployment: 'porb' })).toEqual([
      'defaultDeployment: must be one of prod, site',
    ])
    expect(await problemsOf({ deployments: {}, defaultDeployment: 'prod' })).toEqual([
      'defaultDeployment: there are no deployments',
    ])
  })

  it('that is not JSON: the error has the place and quotes nothing', async () => {
    const text = '{\n  "deployments": { SECRET }\n}'
    await expect(parseConfig(text, 'c.json')).rejects.toMatchObject({
      code: 'ERR_CONFIG_JSON',
      details: { file: 'c.json', line: 2 },
    })
    await expect(parseConfig(text, 'c.json')).rejects.not.toThrow(/SECRET/)
  })
})

it.each([
  ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}', []],
  ['{"a":1,"a":2}', ['a: occurs twice']],
  ['{"a":1,"\\u0061":2,"a":3}', ['a: occurs twice']],
  ['{"x":{"prod":{},"q":"\\"prod\\":","prod":{}}}', ['x.prod: occurs twice']],
  ['{"x":{"k":{"file":"a","file":"b"}},"x":1}', ['x.k.file: occurs twice', 'x: occurs twice']],
  ['{"x":{"__proto__":{}}}', ['x.__proto__: cannot be a name']],
  ['{"a":["b","b"],"b":"a"}', []],
])('has each name once: %s', (text, problems) => {
  expect(nameProblems(text)).toEqual(problems)
})

describe('where it is', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jotgate-config-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('is jotgate.config.json of the folder, when it is there', async () => {
    expect(await readConfig({ folder })).toBeUndefined()
    await writeFile(join(folder, 'jotgate.config.json'), JSON.stringify(good))
    expect(await readConfig({ folder })).toMatchObject({ folder, config: good })
  })

  it('must be there when it was named', async () => {
    await expect(readConfig({ folder, file: 'none.json' })).rejects.toMatchObject({
      code: 'ERR_CONFIG_FILE',
      details: { problem: 'does not exist' },
    })
  })

  it('is a file, and no larger than 1 MiB', async () => {
    await expect(readConfig({ folder, file: '.' })).rejects.toMatchObject({
      code: 'ERR_CONFIG_FILE',
    })
    await writeFile(join(folder, 'large.json'), ' '.repeat(1_048_577))
    await expect(readConfig({ folder, file: 'large.json' })).rejects.toThrow(/larger than 1 MiB/)
  })
})

describe('a file that was not named', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jotgate-owner-'))
    file = join(folder, 'jotgate.config.json')
    await writeFile(file, JSON.stringify(good))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it.each([0o666, 0o602, 0o646])('is refused if others may write it (%o)', async (mode) => {
    await chmod(file, mode)
    await expect(readConfig({ folder })).rejects.toMatchObject({ code: 'ERR_CONFIG_OWNER' })
    await expect(readConfigText({ folder })).rejects.toThrow(/can be written by other users/)
    expect(await readConfig({ folder, file: 'jotgate.config.json' })).toMatchObject({
      config: good,
    })
  })

  it.runIf(process.getuid?.() === 0)(
    'is refused if it, or a link to it, belongs to another user',
    async () => {
      await chown(file, 12_345, 12_345)
      await expect(readConfig({ folder })).rejects.toThrow(/belongs to another user/)
      await chown(file, 0, 0)
      await rename(file, join(folder, 'own.json'))
      await symlink('own.json', file)
      await lchown(file, 12_345, 12_345)
      await expect(readConfig({ folder })).rejects.toMatchObject({ code: 'ERR_CONFIG_OWNER' })
    },
  )

  it('may be writable by the group of its owner alone', () => {
    const user = process.getuid?.() ?? 0
    const own = { uid: user, gid: user, mode: 0o100664 }
    expect(ownerProblem(file, own)).toBeUndefined()
    expect(ownerProblem(file, { ...own, gid: user + 1 })).toBe('can be written by other users')
    expect(ownerProblem(file, { ...own, uid: 0, gid: 0 })).toBeUndefined()
    expect(ownerProblem(file, { ...own, uid: user + 1 })).toBe('belongs to another user')
  })

  it('is a regular file: a pipe is not waited for, a device not read', async () => {
    await rm(file)
    execFileSync('mkfifo', [file])
    await expect(readConfig({ folder })).rejects.toThrow(/is a device or a pipe/)
    await expect(readConfig({ folder, file: '/dev/zero' })).rejects.toThrow(/is a device or a pipe/)
  })
})

it('has a JSON Schema in which every member is described', async () => {
  const schema = (await loadConfigJsonSchema()) as Record<string, unknown>
  expect(schema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    title: 'jotgate.config.json',
  })
  expect(JSON.stringify(schema)).toContain('"oneOf":[{"required":["file"]},{"required":["env"]}]')
})
