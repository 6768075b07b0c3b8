import { more, type RightLines, typed, type WrongUse } from './lines.fixture.ts'

/** `jotgate audit verify`. */
export const audit = ({ at, folder }: RightLines): readonly WrongUse[] => {
  const verify = ['audit', 'verify', '--folder', folder, '--key-file', at('noise.pem')]
  return [
    typed('audit verfy', /did you mean `jotgate audit verify`/),
    typed('audit verify', /--folder[\s\S]*--key-file/),
    more(verify, '', /has no file of an audit log/),
    more(verify.with(3, at('none')), '', /none cannot be read \(ENOENT\)/),
    more(verify.with(5, at('none.key')), '', /none\.key does not exist/),
    more(verify.with(5, at('open.pem')), '', /can be read by other users/),
    more(verify.with(5, at('pass.txt')), '', /is shorter than 32 bytes/),
    more(verify.with(5, at('pipe')), '', /is a device or a pipe/),
    more(verify, `--store ${at('none.db')}`, /--store and --store-keys belong together/),
    more(
      verify,
      `--store ${at('none.db')} --store-keys ${at('good.pem')}`,
      /good\.pem is not JSON/,
    ),
    more(verify, '--head abc', /must be heads/),
    more(verify, '--from ../abc', /must be the name of a file/),
  ]
}
