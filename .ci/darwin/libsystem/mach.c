// There are no Mach ports here: each call is refused (KERN_FAILURE). tests/counter/mach simulates them.

#define NONE(name) __attribute__((visibility("default"))) int name(void) { return 5; }

NONE(mach_task_self)
NONE(task_get_special_port)
NONE(bootstrap_check_in)
NONE(bootstrap_look_up)
NONE(mach_port_allocate)
NONE(mach_port_deallocate)
NONE(mach_port_mod_refs)
NONE(mach_port_move_member)
NONE(mach_port_type)
NONE(mach_port_get_attributes)
NONE(mach_port_request_notification)
NONE(mach_msg)
