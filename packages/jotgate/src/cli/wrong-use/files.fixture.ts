import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createKeyPair } from '../../keys/index.ts'

/** The passphrase of what is sealed, and a word that stands in much that is wrong. */
const passphrase = 'correct horse battery'
const word = 'TOPSECRET'

/** Writes the files that the lines name, and tells what of them no output may hold. */
export async function writeFiles(folder: string): Promise<readonly string[]> {
  const secrets = [passphrase, word]
  /** The lines of a key that nobody else's output has. */
  const keep = (pem: string) => {
    secrets.push(
      ...pem.split(/\r?\n|\\n/).filter((line) => line.length > 20 && !line.startsWith('---')),
    )
    return pem
  }
  const at = (name: string) => join(folder, name)
  const write = (name: string, text: string | Buffer, mode = 0o600) =>
    writeFile(at(name), text, { mode })
  const pem = (key: KeyObject) => keep(key.export({ type: 'pkcs8', format: 'pem' }).toString())
  const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey

  const [pair, other] = await Promise.all([
    createKeyPair({ bits: 2048 }),
    createKeyPair({ bits: 2048 }),
  ])
  const good = keep(pair.privateKeyPem)
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const
  await Promise.all([
    write('good.pem', good),
    write('good.cer', pair.certificatePem),
    write('other.cer', other.certificatePem),
    write('open.pem', good, 0o644),
    write('short.pem', pem(rsa(1024))),
    write('ec.pem', pem(ec)),
    write('empty.pem', ''),
    write('words.pem', `${word} is not a key`),
    write('half.pem', good.slice(0, 900)),
    write('two.pem', good + good),
    write('noise.pem', Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 37) % 256))),
    write('large.pem', 'x'.repeat(70_000)),
    write('sealed.pem', keep(rsa(2048).export(cipher).toString())),
    write('pass.txt', passphrase),
    write('wrong-pass.txt', word),
    write('umlaut-pass.txt', `${word} für Qlik`),
    write('user.json', `{"subject":"1","nmae":"${word}","emial":"${word}"}`),
    write('list.json', '[1]'),
    write('twice.json', `{"subject":"1","subject":"${word}"}`),
    write('latin.json', Buffer.from('{"subject":"1","name":"Zo\xeb"}', 'latin1')),
    write('broken.json', `{${word}`),
    write('bad.csv', 'subject,name,email\n1\n'),
    write('twice.csv', 'userid,subject,name,email\n1,2,Ada,a@acme.example\n'),
    ...Object.entries(configurations).map(([name, text]) => write(name, text)),
    mkdir(at('folder.pem')),
    symlink(at('good.cer'), at('link')),
  ])
  execFileSync('mkfifo', [at('pipe')])
  execFileSync('openssl', [
    ...['pkcs12', '-export', '-inkey', at('good.pem'), '-in', at('good.cer')],
    ...['-out', at('good.pfx'), '-passout', `pass:${passphrase}`],
  ])
  return secrets
}

const configurations = {
  'not-json.config': `{ "deployments": ${word} }`,
  'typo.config':
    '{ "deployments": { "a": { "product": "cloud", "url": "https://a.example", "singing": {} } } }',
  'empty.config': '{ "deployments": {} }',
  'impossible.config': JSON.stringify({
    deployments: {
      plain: { product: 'cloud', url: 'http://qlik.acme.example', signing: { issuer: 'a' } },
      long: { product: 'cloud', url: 'https://a.example', signing: { lifetime: '2h' } },
    },
  }),
  'all.config': JSON.stringify({
    typo: 1,
    deployments: {
      form: { product: 'cloud' },
      plain: { product: 'cloud', url: 'http://qlik.acme.example', signing: { issuer: 'a' } },
    },
  }),
  'at-root.config': JSON.stringify({
    deployments: {
      a: { product: 'cloud', url: 'https://a.example', signing: { issuer: 'a' } },
    },
    gateway: {
      publicUrl: 'https://qlik.acme.example',
      allowedOrigins: ['https://www.acme.example'],
      identify: { assertion: { issuer: 'https://www.acme.example', keyFiles: ['good.pem'] } },
      atRoot: true,
    },
  }),
  'two.config': JSON.stringify({
    deployments: Object.fromEntries(
      ['a', 'b'].map((name) => [
        name,
        { product: 'cloud', url: 'https://a.example', signing: { issuer: 'a' } },
      ]),
    ),
  }),
}
