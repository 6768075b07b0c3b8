import { more, type RightLines, typed, type WrongUse } from './lines.fixture.ts'

/** `jotgate gateway …`. */
export const gateway = ({ at, folder }: RightLines): readonly WrongUse[] => {
  const paths = ['gateway', 'paths', '--log', at('none')]
  return [
    typed('gateway --check', /has no gateway|does not exist|has problems/),
    typed(`gateway --check --config ${at('at-root.config')}`, /gateway: atRoot has no effect/),
    typed('gateway init', /has no gateway|does not exist|has problems/),
    typed('gateway --prot 1', /did you mean --port/),
    typed('gateway pahts', /did you mean `jotgate gateway paths`/),
    typed('gateway paths', /missing: --log/),
    more(paths, '', /none does not exist/),
    more(paths.with(3, folder), '', /cannot be read \(EISDIR\)/),
  ]
}
