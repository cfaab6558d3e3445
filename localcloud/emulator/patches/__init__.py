"""What ministack 1.5.33 does differently from AWS where our stacks or drills would notice.

One function a deviation: its docstring says what AWS does, what upstream does, and so when it may go.
`tests/emulator/` has a test for each, run against the emulator as a process.
"""

from collections.abc import Callable

from localcloud.emulator.clocks import Clocks
from localcloud.emulator.config import EmulatorConfig
from localcloud.emulator.containers import deployment_alarms
from localcloud.emulator.hooks import Hooks
from localcloud.emulator.managed_failover import ManagedFailovers
from localcloud.emulator.patches import (
    alarm_clock,
    alarms,
    aurora,
    authorization,
    authorizers,
    backups,
    canaries,
    code,
    config_rules,
    container_services,
    database_instances,
    detached,
    documents,
    dropped_attributes,
    events,
    function_environment,
    functions,
    group_members,
    group_settings,
    groups,
    http_api,
    instance_views,
    instances,
    listener_certificates,
    listener_rules,
    load_balancers,
    log_metrics,
    network,
    objects,
    refreshes,
    replication,
    restore_tests,
    rewind,
    scaling_targets,
    schedules,
    slow_failover,
    state_machines,
    targets,
    template_versions,
    trails,
    workers,
    xray,
    zonal_clusters,
    zones,
)
from localcloud.emulator.regions import RegionStates


def apply(config: EmulatorConfig, regions: RegionStates, clocks: Clocks, managed: ManagedFailovers) -> None:
    """Apply all patches. The environment that ministack reads on import must be set before."""
    hooks = Hooks(config.hook_url, config.token)
    _authorize()
    authorizers.verify_access_tokens(config.issuer_ca)
    authorizers.verify_signatures()
    authorizers.keep_what_a_jwt_authorizer_has()
    code.unpack_once()
    workers.point_at_own_region(config.region_ports)
    function_environment.surround(clocks.files, config.redirections, config.dns_port)
    workers.end_with_the_server()
    workers.bound_the_pools()
    workers.stay_dead(regions)
    functions.report_the_exception_class()
    functions.refuse_in_dead_regions(regions)
    schedules.pause_in_dead_regions(regions)
    state_machines.pause_in_dead_regions(regions)
    state_machines.accept_a_repeated_start()
    http_api.publish_front_doors(config.front_doors)
    dropped_attributes.remember_replica_keys()
    dropped_attributes.remember_log_exports()
    dropped_attributes.remember_insights_key()
    dropped_attributes.remember_tracing()
    alarms.describe_in_full()
    alarms.keep_percentiles()
    alarms.keep_metric_math()
    alarm_clock.evaluate_by_the_rules(regions)
    alarm_clock.tell_buses_and_functions()
    log_metrics.measure_what_is_logged()
    network.set_peering_options()
    network.remember_flow_log_delivery()
    xray.serve()
    events.deliver_across_regions(regions)
    events.ask_queues_policies()
    events.name_endpoints_as_aws_does()
    _keep_records()
    _keep_objects()
    zones.say_that_zones_are_not_signed()
    aurora.place_endpoints(config.databases)
    aurora.replicate_nothing_itself()
    aurora.create_databases(hooks)
    aurora.promote(hooks)
    _run_databases(hooks)
    _run_zonal_clusters(config, hooks)
    slow_failover.let_failovers_last(managed)
    detached.refuse_managed_failovers(managed)
    detached.promote_what_leaves(hooks, managed, regions)
    rewind.restore_clusters()
    _lead_the_fleet(hooks.waking("fleet"))
    _balance_load(hooks.waking("fleet"))
    _run_containers(config, hooks.waking("fleet"))


def _authorize() -> None:
    """Test calls against what AWS tests them against."""
    authorization.name_global_clusters()
    authorization.name_services_of_ecs()
    authorization.name_metric_namespaces()
    authorization.take_loopback_for_tls()


def _keep_records() -> None:
    """Keep what Terraform wrote to services that only remember."""
    backups.keep_access_policies()
    restore_tests.keep_restore_tests()
    config_rules.keep_tags()
    config_rules.remove_recorders()
    documents.keep_documents()
    trails.keep_tags()


def _keep_objects() -> None:
    """Let objects have their tags, and their copies a way that can be cut."""
    objects.tag_what_comes_in_parts()
    replication.wait_while_cut()


def _run_zonal_clusters(config: EmulatorConfig, hooks: Hooks) -> None:
    """Let two PostgreSQL servers stand for a cluster of one region."""
    zonal_clusters.take_later_versions()
    zonal_clusters.name_clusters(config.databases)
    zonal_clusters.fail_over(hooks)


def _run_databases(hooks: Hooks) -> None:
    """Let PostgreSQL servers stand for databases outside of clusters."""
    database_instances.create_databases(hooks)
    database_instances.create_replicas()
    database_instances.tell_log_exports()
    database_instances.find_by_resource_id()
    database_instances.promote_replicas(hooks)


def _run_containers(config: EmulatorConfig, wake: Callable[[], None]) -> None:
    """Let services of ECS run, and be kept, scaled and visited as far as Terraform asks."""
    container_services.run_as_processes(config, wake)
    container_services.forget_failed_deployments()
    container_services.tell_rebalancing()
    deployment_alarms.show_bake_time()
    container_services.take_the_namespace_of_dns()
    scaling_targets.serve()
    canaries.serve(config)


def _lead_the_fleet(wake: Callable[[], None]) -> None:
    """Leave instances and their groups to whoever *wake* wakes."""
    instances.launch_as_asked(wake)
    instance_views.tell_all_of_instances()
    instance_views.follow_state_changes(wake)
    groups.keep_groups(wake)
    group_settings.switch_groups(wake)
    group_members.listen_to_members(wake)
    group_members.name_policies_and_hooks()
    group_members.track_requests()
    refreshes.leave_refreshes_to_the_fleet(wake)
    template_versions.delete_versions()


def _balance_load(wake: Callable[[], None]) -> None:
    """Leave targets and their health to the load balancers that *wake* wakes."""
    listener_rules.forward_to_several_groups()
    listener_rules.keep_all_conditions()
    listener_certificates.serve_listener_certificates()
    load_balancers.tell_all_attributes()
    load_balancers.stand_in_the_zones_of_subnets()
    load_balancers.refuse_and_cascade_deletes()
    targets.register_by_port()
    targets.tell_the_health_that_was_found()
    load_balancers.wake_at_changes(wake)
