import { runInNewContext, Script } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { compileEarly, type Parse } from './compile-early.ts'

// By a name that the compiler does not follow: vite's types bring the browser's to the scripts.
const vite: string = 'vite'
const { parseAst } = (await import(vite)) as { parseAst: Parse }

const early = (code: string) => compileEarly(code, parseAst)

/** V8 compiles arrows early from Node 24 on; on Node 22 they are compiled when they are first called. */
const compilesArrows = Number.parseInt(process.versions.node, 10) >= 24

/** What V8 has compiled of a script before any of it ran. */
const compiled = (code: string) => new Script(code).createCachedData()

describe('a script that is compiled early', () => {
  it.each([
    ['a declaration', "function f() { return 'a-text' }"],
    ['an asynchronous declaration', "async function f() { return 'a-text' }"],
    ['a function in a function', "function f() { return function () { return 'a-text' } }"],
  ])('has the code of %s before it runs', (_, code) => {
    expect(compiled(code).includes('a-text')).toBe(false)
    expect(compiled(early(code)).includes('a-text')).toBe(true)
  })

  it.runIf(compilesArrows).each([
    ['an arrow', "const f = () => 'a-text'"],
    ['an arrow in an arrow', "const f = () => [1].map(() => 'a-text')"],
    ['a member', "const all = { f: () => 'a-text' }"],
  ])('has the code of %s before it runs, on Node 24 and later', (_, code) => {
    expect(compiled(code).includes('a-text')).toBe(false)
    expect(compiled(early(code)).includes('a-text')).toBe(true)
  })

  it('has no code of an error’s message', () => {
    const code = "const all = { message: () => 'a-text', other: () => 'b-text' }"
    expect(compiled(early(code)).includes('a-text')).toBe(false)
    expect(compiled(early(code)).includes('b-text')).toBe(compilesArrows)
  })

  it.each([
    ['uses a function above its declaration', 'result = f(1); function f(n) { return n + 1 }'],
    [
      'has functions that call one another',
      'function a() { return b() } result = a(); function b() { return 2 }',
    ],
    [
      'has methods, getters and a class',
      "class A { static m() { return 'm' } get g() { return 'g' } async n() {} }; const o = { m() { return A.m() }, get g() { return new A().g }, *i() { yield 1 } }; result = o.m() + o.g + [...o.i()]",
    ],
    [
      'names its functions',
      'const a = () => 1; const b = { c: function () {} }; function d() {} result = [a.name, b.c.name, d.name].join()',
    ],
    [
      'has arrows that give arrows and objects',
      'const add = (a) => (b) => ({ sum: a + b }); result = add(1)(2).sum',
    ],
    ['has arrows as default values', 'const f = (g = () => 2) => (() => g())(); result = f()'],
    ['is strict', "'use strict'; function f() { return this === undefined } result = f()"],
    [
      'has regular expressions and big numbers',
      'const f = () => [/=>/.test("=>"), 10n]; result = String(f())',
    ],
  ])('does the same when it %s', (_, code) => {
    const run = (text: string) => {
      const context = { result: undefined as unknown }
      runInNewContext(text, context)
      return context.result
    }
    expect(run(code)).toBeDefined()
    expect(run(early(code))).toEqual(run(code))
  })
})
