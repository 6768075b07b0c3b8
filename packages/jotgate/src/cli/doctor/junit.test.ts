import { expect, it } from 'vitest'
import type { CheckResult } from '../../doctor/index.ts'
import { toJunit } from './junit.ts'

const one = (more: Partial<CheckResult>): CheckResult => ({
  check: 'network-name',
  category: 'network',
  verdict: 'passed',
  title: 'It has an address',
  ...more,
})

it('gives a suite for each category, with its counts, and escapes what is not XML', () => {
  const xml = toJunit(
    [
      one({}),
      one({
        verdict: 'failed',
        title: '<a> & "b"\u0000\uD800',
        evidence: 'GET /x: 1\n2',
        hint: 'Do <it>',
      }),
      one({ category: 'login', verdict: 'not-checked', title: 'Open', hint: 'Give a key' }),
      one({ category: 'login', verdict: 'warning', title: 'Soon' }),
    ],
    'prod',
  )
  expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="prod" tests="4" failures="1" errors="0" skipped="1">
  <testsuite name="network" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="jotgate.doctor.network" name="network-name: It has an address"/>
    <testcase classname="jotgate.doctor.network" name="network-name: &lt;a&gt; &amp; &quot;b&quot;\uFFFD\uFFFD">
      <failure message="&lt;a&gt; &amp; &quot;b&quot;\uFFFD\uFFFD" type="network-name">GET /x: 1&#10;2&#10;Do &lt;it&gt;</failure>
    </testcase>
  </testsuite>
  <testsuite name="login" tests="2" failures="0" errors="0" skipped="1">
    <testcase classname="jotgate.doctor.login" name="network-name: Open">
      <skipped message="Give a key"/>
    </testcase>
    <testcase classname="jotgate.doctor.login" name="network-name: Soon">
      <system-out>warning: Soon&#10;</system-out>
    </testcase>
  </testsuite>
</testsuites>
`)
})
