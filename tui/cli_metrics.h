/*
 * cli_metrics.h - the model as numbers for a monitoring system, in Prometheus' text format.
 */
#ifndef SLOTOP_TUI_CLI_METRICS_H
#define SLOTOP_TUI_CLI_METRICS_H

#include "tui/cli.h"

/* `metrics`: one look, all gauges. With `--format openmetrics` units and end are as OpenMetrics 1.0
 * wants them. A registry that cannot be used is told by slotop_registry_usable 0, and by the exit
 * status. */
int cli_metrics(struct cli *cli);

#endif
