locals {
  dashboard_graphs = [
    {
      title = "Requests a minute", stat = "Sum", metrics = [
        ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", aws_lb.service.arn_suffix],
        [".", "HTTPCode_Target_4XX_Count", ".", "."],
        [".", "HTTPCode_Target_5XX_Count", ".", "."],
        [".", "HTTPCode_ELB_5XX_Count", ".", "."],
      ]
    },
    {
      title = "Answer time in seconds", stat = "p50", metrics = [
        ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", aws_lb.service.arn_suffix, { stat = "p50" }],
        ["...", { stat = "p90" }],
        ["...", { stat = "p99" }],
      ]
    },
    {
      title = "Refused and failed a minute", stat = "Sum", metrics = [
        for name in ["RequestsShed", "RateLimited", "InternalErrors", "StoreFailures", "SigningKeyFailures", "UnknownKeys", "IdentityFailures"] :
        [local.own_namespace, name, "Service", local.prefix]
      ]
    },
    {
      title = "Tasks", stat = "Average", metrics = [
        ["AWS/ApplicationELB", "HealthyHostCount", "LoadBalancer", aws_lb.service.arn_suffix, "TargetGroup", aws_lb_target_group.service.arn_suffix],
        [".", "UnHealthyHostCount", ".", ".", ".", "."],
      ]
    },
    {
      title = "CPU and memory in percent", stat = "Average", metrics = [
        ["AWS/ECS", "CPUUtilization", "ClusterName", aws_ecs_cluster.service.name, "ServiceName", local.prefix],
        [".", "MemoryUtilization", ".", ".", ".", "."],
      ]
    },
    {
      title = "Table: units consumed a minute", stat = "Sum", metrics = concat(
        [
          ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", local.table_name],
          [".", "ConsumedWriteCapacityUnits", ".", "."],
        ],
        [for pair in setproduct(local.index_names, ["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"]) :
          ["AWS/DynamoDB", pair[1], "TableName", local.table_name, "GlobalSecondaryIndexName", pair[0]]
        ],
      )
    },
    {
      title = "Table: refusals", stat = "Sum", metrics = [
        ["AWS/DynamoDB", "ReadThrottleEvents", "TableName", local.table_name],
        [".", "WriteThrottleEvents", ".", "."],
      ]
    },
  ]
}

resource "aws_cloudwatch_dashboard" "service" {
  dashboard_name = local.global_prefix

  dashboard_body = jsonencode({
    widgets = [for index, graph in local.dashboard_graphs : {
      type   = "metric"
      width  = 12
      height = 6
      x      = index % 2 * 12
      y      = floor(index / 2) * 6
      properties = {
        title   = graph.title
        region  = var.region
        stat    = graph.stat
        period  = 60
        metrics = graph.metrics
      }
    }]
  })
}
