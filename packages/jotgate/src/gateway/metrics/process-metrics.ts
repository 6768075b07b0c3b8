import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Registry } from './registry.ts'

/**
 * What the process needs, under the names that other programs on Node have, so that their dashboards fit.
 *
 * @returns what stops it
 */
export function addProcessMetrics(registry: Registry): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const seconds = (nanoseconds: number) => nanoseconds / 1e9
  registry.gauge({
    name: 'nodejs_eventloop_lag_p50_seconds',
    help: 'Delay of the event loop since the last look, median.',
    read: () => seconds(delay.percentile(50)),
  })
  registry.gauge({
    name: 'nodejs_eventloop_lag_p99_seconds',
    help: 'Delay of the event loop since the last look, 99th percentile.',
    read: () => seconds(delay.percentile(99)),
  })
  registry.gauge({
    name: 'nodejs_eventloop_lag_max_seconds',
    help: 'Delay of the event loop since the last look, longest.',
    read() {
      const { max } = delay
      delay.reset()
      return seconds(max)
    },
  })
  registry.gauge({
    name: 'process_cpu_seconds_total',
    help: 'Time of the processor, of the process and in the system for it.',
    type: 'counter',
    read() {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1e6
    },
  })
  registry.gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of the process.',
    read: () => process.memoryUsage.rss(),
  })
  registry.gauge({
    name: 'process_start_time_seconds',
    help: 'When the process began, in seconds since 1970.',
    read: () => performance.timeOrigin / 1000,
  })
  registry.gauges({
    name: 'nodejs_version_info',
    help: 'The version of Node.',
    label: 'version',
    read: () => [[process.version, 1]],
  })
  return () => delay.disable()
}
