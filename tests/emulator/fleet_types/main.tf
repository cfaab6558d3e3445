# Every type of the fleet, as the real provider makes it: apply, plan anew (empty), destroy (nothing left).
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}
provider "aws" {
  region      = "us-east-1"
  max_retries = 2
  default_tags { tags = { Environment = "test" } }
}
variable "release" {
  type    = string
  default = "1"
}
resource "aws_vpc" "vpc" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "zone" {
  for_each          = { a = 0, b = 1, c = 2 }
  vpc_id            = aws_vpc.vpc.id
  cidr_block        = "10.0.${each.value}.0/24"
  availability_zone = "us-east-1${each.key}"
}
resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.vpc.id
}
resource "aws_iam_role" "web" {
  name = "web"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_instance_profile" "web" {
  name = "web"
  role = aws_iam_role.web.name
}
resource "aws_lb_target_group" "web" {
  for_each             = toset(["one", "two"])
  name                 = each.key
  port                 = 8080
  protocol             = "HTTP"
  vpc_id               = aws_vpc.vpc.id
  deregistration_delay = 5
}
resource "aws_launch_template" "web" {
  name                   = "web"
  image_id               = "ami-0abcdef1234567890"
  instance_type          = "t3.small"
  update_default_version = true
  vpc_security_group_ids = [aws_security_group.web.id]
  user_data              = base64encode("#!/bin/sh\n# ${var.release}\nexec sleep 600\n")
  iam_instance_profile { arn = aws_iam_instance_profile.web.arn }
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }
  monitoring { enabled = true }
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      encrypted             = true
      volume_type           = "gp3"
      volume_size           = 10
      delete_on_termination = true
    }
  }
  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "web" }
  }
}
resource "aws_autoscaling_group" "web" {
  name                      = "web"
  min_size                  = 2
  max_size                  = 4
  desired_capacity          = 3
  vpc_zone_identifier       = [for each in aws_subnet.zone : each.id]
  target_group_arns         = [aws_lb_target_group.web["one"].arn]
  health_check_type         = "ELB"
  health_check_grace_period = 60
  default_instance_warmup   = 1
  termination_policies      = ["OldestLaunchTemplate", "Default"]
  enabled_metrics           = ["GroupInServiceInstances", "GroupDesiredCapacity", "GroupTotalInstances"]
  wait_for_capacity_timeout = "2m"
  launch_template {
    id      = aws_launch_template.web.id
    version = aws_launch_template.web.latest_version
  }
  instance_refresh {
    strategy = "Rolling"
    preferences {
      min_healthy_percentage = 100
      max_healthy_percentage = 200
      instance_warmup        = 1
      auto_rollback          = true
      checkpoint_percentages = [100]
      checkpoint_delay       = 1
      alarm_specification { alarms = ["errors"] }
    }
  }
  initial_lifecycle_hook {
    name                 = "first"
    lifecycle_transition = "autoscaling:EC2_INSTANCE_LAUNCHING"
    heartbeat_timeout    = 30
    default_result       = "CONTINUE"
  }
  tag {
    key                 = "team"
    value               = "web"
    propagate_at_launch = true
  }
  lifecycle { ignore_changes = [target_group_arns] }
}
resource "aws_autoscaling_group" "mixed" {
  name                = "mixed"
  min_size            = 0
  max_size            = 2
  desired_capacity    = 1
  capacity_rebalance  = true
  vpc_zone_identifier = [aws_subnet.zone["a"].id, aws_subnet.zone["b"].id]
  suspended_processes = ["AZRebalance"]
  mixed_instances_policy {
    instances_distribution {
      on_demand_base_capacity                  = 1
      on_demand_percentage_above_base_capacity = 50
    }
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.web.id
        version            = aws_launch_template.web.latest_version
      }
      override { instance_type = "t3.medium" }
      override { instance_type = "t3.large" }
    }
  }
  instance_maintenance_policy {
    min_healthy_percentage = 90
    max_healthy_percentage = 120
  }
}
resource "aws_autoscaling_attachment" "two" {
  autoscaling_group_name = aws_autoscaling_group.web.name
  lb_target_group_arn    = aws_lb_target_group.web["two"].arn
}
resource "aws_autoscaling_lifecycle_hook" "leave" {
  name                   = "leave"
  autoscaling_group_name = aws_autoscaling_group.web.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 30
  default_result         = "CONTINUE"
}
resource "aws_autoscaling_policy" "cpu" {
  name                   = "cpu"
  autoscaling_group_name = aws_autoscaling_group.web.name
  policy_type            = "TargetTrackingScaling"
  target_tracking_configuration {
    target_value = 60
    predefined_metric_specification { predefined_metric_type = "ASGAverageCPUUtilization" }
  }
}
resource "aws_autoscaling_policy" "requests" {
  name                   = "requests"
  autoscaling_group_name = aws_autoscaling_group.web.name
  policy_type            = "TargetTrackingScaling"
  target_tracking_configuration {
    target_value = 1000
    predefined_metric_specification {
      predefined_metric_type = "ALBRequestCountPerTarget"
      resource_label         = "app/web/50dc6c495c0c9188/${aws_lb_target_group.web["one"].arn_suffix}"
    }
  }
}
resource "aws_instance" "templated" {
  subnet_id = aws_subnet.zone["b"].id
  tags      = { Name = "web" } # those of the template, which are the instance's: the provider would take them away
  launch_template {
    id      = aws_launch_template.web.id
    version = "1"
  }
  lifecycle { ignore_changes = [user_data] } # terraform-provider-aws#30825: hashed once more on every plan
}
resource "aws_instance" "plain" {
  ami                    = "ami-0abcdef1234567890"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.zone["c"].id
  vpc_security_group_ids = [aws_security_group.web.id]
  iam_instance_profile   = aws_iam_instance_profile.web.name
  user_data              = "#!/bin/sh\nexec sleep 600\n"
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
  root_block_device {
    encrypted   = true
    volume_type = "gp3"
    volume_size = 9
  }
}
