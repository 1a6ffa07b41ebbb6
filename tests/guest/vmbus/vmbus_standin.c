// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * A stand-in for Hyper-V's VMBus and its network driver, for tests in a guest that has neither. It
 * is not the driver: it moves no frame. What it shares with the real one is what an agent sees: a
 * bus "vmbus" whose devices have `id`, `class_id`, `device_id` and `channels/` in sysfs, a driver
 * "hv_netvsc", and network devices whose counters are the sum of a part for the VF, which stays,
 * and a part for each channel, which begins anew when the device is rebuilt. Devices come and go by
 * the kernel's real bus code. The facts are those of drivers/hv and drivers/net/hyperv (Linux 6.1).
 *
 * Lines for /proc/vmbus_standin; a GUID names the device:
 *
 *   offer GUID RELID CHANNELS MAC   a network device
 *   offer-other GUID RELID CLASS    another device; no driver here wants it
 *   rescind GUID                    the host takes it away
 *   carrier GUID 0|1                whether the host has assigned a network
 *   speed GUID MBPS                 what the host says of it
 *   receive GUID QUEUE PACKETS OCTETS MULTICASTS
 *   send GUID QUEUE PACKETS OCTETS
 *   receive-vf GUID PACKETS OCTETS
 *   send-vf GUID PACKETS OCTETS
 *   add GUID STATISTIC COUNT        to one of kReasons
 *   rebuild GUID CHANNELS           as a change of MTU, rings or channels does
 *   join GUID IFNAME                an interface becomes its VF
 *   leave GUID IFNAME
 *
 * One line each write. Errors: EINVAL for a line that is none of these, ENODEV for what is not here.
 */
#include <linux/device.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/proc_fs.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uuid.h>
#include <linux/version.h>

#define MAX_CHANNELS 64
#define NETWORK_CLASS "f8615163-df3e-46c5-913f-f2d2f965ed0e"

/* What the driver counts beside the channels. It stays when the device is rebuilt. */
static const char reasons[][ETH_GSTRING_LEN] = {
	"tx_scattered", "tx_no_memory", "tx_no_space",	"tx_too_big",  "tx_busy",
	"tx_send_full", "rx_comp_busy", "rx_no_memory", "stop_queue", "wake_queue",
	"vlan_error",	"vf_rx_packets", "vf_rx_bytes", "vf_tx_packets", "vf_tx_bytes",
	"vf_tx_dropped",
};
enum { VF_RX_PACKETS = 11, VF_RX_OCTETS, VF_TX_PACKETS, VF_TX_OCTETS, VF_TX_DROPPED };
#define REASONS ARRAY_SIZE(reasons)

static const char *const queue_formats[] = {
	"tx_queue_%u_packets", "tx_queue_%u_bytes",	"tx_queue_%u_xdp_xmit",	    "rx_queue_%u_packets",
	"rx_queue_%u_bytes",   "rx_queue_%u_xdp_drop", "rx_queue_%u_xdp_redirect", "rx_queue_%u_xdp_tx",
};
#define QUEUE_STATISTICS ARRAY_SIZE(queue_formats)

struct channel {
	u64 rx_packets, rx_octets, multicasts, tx_packets, tx_octets;
};

/* A network device's own; lives and ends with the network device. */
struct adapter {
	struct vmbus_device *device;
	u32 channels;
	u32 speed;
	struct channel channel[MAX_CHANNELS];
	u64 reason[REASONS];
};

struct vmbus_device {
	struct device dev;
	guid_t instance, class;
	u32 relid;
	u32 channels; /* when it was offered */
	u8 mac[ETH_ALEN];
	struct kobject *channel_folder;
	struct kobject *channel_folders[MAX_CHANNELS];
	struct net_device *net; /* while the driver is bound */
};
#define to_vmbus(d) container_of(d, struct vmbus_device, dev)

static DEFINE_MUTEX(control); /* a line at a time; everything that a line changes */
static struct device *root;
static struct proc_dir_entry *control_file;

/* The network device */

static void adapter_stats(struct net_device *net, struct rtnl_link_stats64 *out)
{
	const struct adapter *adapter = netdev_priv(net);
	const u64 *reason = adapter->reason;
	u32 i;

	out->rx_packets = reason[VF_RX_PACKETS];
	out->rx_bytes = reason[VF_RX_OCTETS];
	out->tx_packets = reason[VF_TX_PACKETS];
	out->tx_bytes = reason[VF_TX_OCTETS];
	/* Every loss of the sender; those of the receiver are in no standard counter. */
	out->tx_dropped = reason[1] + reason[2] + reason[3] + reason[10] + reason[VF_TX_DROPPED];
	for (i = 0; i < adapter->channels; i++) {
		const struct channel *channel = &adapter->channel[i];

		out->rx_packets += channel->rx_packets;
		out->rx_bytes += channel->rx_octets;
		out->multicast += channel->multicasts;
		out->tx_packets += channel->tx_packets;
		out->tx_bytes += channel->tx_octets;
	}
}

static netdev_tx_t adapter_xmit(struct sk_buff *skb, struct net_device *net)
{
	struct adapter *adapter = netdev_priv(net);

	adapter->channel[0].tx_packets++;
	adapter->channel[0].tx_octets += skb->len;
	dev_consume_skb_any(skb);
	return NETDEV_TX_OK;
}

static int adapter_change_mtu(struct net_device *net, int mtu)
{
	struct adapter *adapter = netdev_priv(net);

	memset(adapter->channel, 0, sizeof(adapter->channel));
	net->mtu = mtu;
	return 0;
}

static const struct net_device_ops adapter_ops = {
	.ndo_start_xmit = adapter_xmit,
	.ndo_get_stats64 = adapter_stats,
	.ndo_change_mtu = adapter_change_mtu,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_validate_addr = eth_validate_addr,
};

static void adapter_info(struct net_device *net, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, "hv_netvsc", sizeof(info->driver));
	strscpy(info->fw_version, "N/A", sizeof(info->fw_version));
}

static int adapter_count(struct net_device *net, int set)
{
	const struct adapter *adapter = netdev_priv(net);

	if (set != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return REASONS + adapter->channels * QUEUE_STATISTICS;
}

static void adapter_names(struct net_device *net, u32 set, u8 *out)
{
	const struct adapter *adapter = netdev_priv(net);
	u32 i, k;

	if (set != ETH_SS_STATS)
		return;
	memcpy(out, reasons, sizeof(reasons));
	out += sizeof(reasons);
	for (i = 0; i < adapter->channels; i++)
		for (k = 0; k < QUEUE_STATISTICS; k++, out += ETH_GSTRING_LEN)
			snprintf(out, ETH_GSTRING_LEN, queue_formats[k], i);
}

static void adapter_values(struct net_device *net, struct ethtool_stats *stats, u64 *out)
{
	const struct adapter *adapter = netdev_priv(net);
	u32 i;

	memcpy(out, adapter->reason, sizeof(adapter->reason));
	out += REASONS;
	for (i = 0; i < adapter->channels; i++, out += QUEUE_STATISTICS) {
		const struct channel *channel = &adapter->channel[i];

		memset(out, 0, QUEUE_STATISTICS * sizeof(*out));
		out[0] = channel->tx_packets;
		out[1] = channel->tx_octets;
		out[3] = channel->rx_packets;
		out[4] = channel->rx_octets;
	}
}

static int adapter_settings(struct net_device *net, struct ethtool_link_ksettings *out)
{
	const struct adapter *adapter = netdev_priv(net);

	out->base.speed = adapter->speed ? adapter->speed : SPEED_UNKNOWN;
	out->base.duplex = DUPLEX_FULL;
	out->base.port = PORT_OTHER;
	return 0;
}

static const struct ethtool_ops adapter_ethtool = {
	.get_drvinfo = adapter_info,
	.get_link = ethtool_op_get_link,
	.get_sset_count = adapter_count,
	.get_strings = adapter_names,
	.get_ethtool_stats = adapter_values,
	.get_link_ksettings = adapter_settings,
};

/* The bus */

static void remove_channels(struct vmbus_device *device)
{
	u32 i;

	for (i = 0; i < MAX_CHANNELS; i++) {
		kobject_put(device->channel_folders[i]);
		device->channel_folders[i] = NULL;
	}
	kobject_put(device->channel_folder);
	device->channel_folder = NULL;
}

/* channels/<relid>, one for each; the first has the device's own relid. */
static int add_channels(struct vmbus_device *device, u32 count)
{
	char name[16];
	u32 i;

	device->channel_folder = kobject_create_and_add("channels", &device->dev.kobj);
	if (!device->channel_folder)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%u", device->relid + 100 * i);
		device->channel_folders[i] = kobject_create_and_add(name, device->channel_folder);
		if (!device->channel_folders[i])
			return -ENOMEM;
	}
	return 0;
}

static int bus_probe(struct device *dev)
{
	struct vmbus_device *device = to_vmbus(dev);
	struct adapter *adapter;
	struct net_device *net;
	int error;

	net = alloc_etherdev_mqs(sizeof(*adapter), device->channels, device->channels);
	if (!net)
		return -ENOMEM;
	adapter = netdev_priv(net);
	adapter->device = device;
	adapter->channels = device->channels;
	net->netdev_ops = &adapter_ops;
	net->ethtool_ops = &adapter_ethtool;
	net->max_mtu = 65535;
	SET_NETDEV_DEV(net, dev);
	eth_hw_addr_set(net, device->mac);
	netif_carrier_off(net);
	error = register_netdev(net);
	if (error) {
		free_netdev(net);
		return error;
	}
	device->net = net;
	return 0;
}

static void bus_remove(struct device *dev)
{
	struct vmbus_device *device = to_vmbus(dev);
	struct net_device *net = device->net;

	device->net = NULL;
	unregister_netdev(net);
	free_netdev(net);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
static int bus_match(struct device *dev, const struct device_driver *driver)
#else
static int bus_match(struct device *dev, struct device_driver *driver)
#endif
{
	guid_t network;

	return guid_parse(NETWORK_CLASS, &network) == 0 && guid_equal(&to_vmbus(dev)->class, &network);
}

static ssize_t id_show(struct device *dev, struct device_attribute *attribute, char *out)
{
	return sysfs_emit(out, "%u\n", to_vmbus(dev)->relid);
}
static DEVICE_ATTR_RO(id);

static ssize_t class_id_show(struct device *dev, struct device_attribute *attribute, char *out)
{
	return sysfs_emit(out, "{%pUl}\n", &to_vmbus(dev)->class);
}
static DEVICE_ATTR_RO(class_id);

static ssize_t device_id_show(struct device *dev, struct device_attribute *attribute, char *out)
{
	return sysfs_emit(out, "{%pUl}\n", &to_vmbus(dev)->instance);
}
static DEVICE_ATTR_RO(device_id);

static struct attribute *vmbus_attrs[] = {
	&dev_attr_id.attr,
	&dev_attr_class_id.attr,
	&dev_attr_device_id.attr,
	NULL,
};
ATTRIBUTE_GROUPS(vmbus);

static struct bus_type bus = {
	.name = "vmbus",
	.match = bus_match,
	.probe = bus_probe,
	.remove = bus_remove,
	.dev_groups = vmbus_groups,
};

static struct device_driver driver = {
	.name = "hv_netvsc",
	.bus = &bus,
	.owner = THIS_MODULE,
};

static void release_device(struct device *dev)
{
	kfree(to_vmbus(dev));
}

static int offer(const char *name, u32 relid, u32 channels, const char *class, const u8 *mac)
{
	struct vmbus_device *device;
	int error;

	if (channels < 1 || channels > MAX_CHANNELS)
		return -EINVAL;
	device = kzalloc(sizeof(*device), GFP_KERNEL);
	if (!device)
		return -ENOMEM;
	if (guid_parse(name, &device->instance) || guid_parse(class, &device->class)) {
		kfree(device);
		return -EINVAL;
	}
	device->relid = relid;
	device->channels = channels;
	memcpy(device->mac, mac, ETH_ALEN);
	device->dev.bus = &bus;
	device->dev.parent = root;
	device->dev.release = release_device;
	dev_set_name(&device->dev, "%pUl", &device->instance);
	error = device_register(&device->dev);
	if (error) {
		put_device(&device->dev);
		return error;
	}
	error = add_channels(device, channels);
	if (error) {
		remove_channels(device);
		device_unregister(&device->dev);
	}
	return error;
}

/* The caller puts it back; NULL if there is none. */
static struct vmbus_device *find(const char *name)
{
	struct device *dev = bus_find_device_by_name(&bus, NULL, name);

	return dev ? to_vmbus(dev) : NULL;
}

static void rescind(struct vmbus_device *device)
{
	remove_channels(device);
	device_unregister(&device->dev);
}

/* The control file */

static int rebuild(struct vmbus_device *device, u32 channels)
{
	struct adapter *adapter = netdev_priv(device->net);

	if (channels < 1 || channels > MAX_CHANNELS)
		return -EINVAL;
	rtnl_lock();
	memset(adapter->channel, 0, sizeof(adapter->channel));
	adapter->channels = channels;
	rtnl_unlock();
	remove_channels(device);
	return add_channels(device, channels);
}

static rx_handler_result_t through_vf(struct sk_buff **skb)
{
	return RX_HANDLER_PASS;
}

static int join(struct net_device *net, struct net_device *vf)
{
	int error = netdev_rx_handler_register(vf, through_vf, net);

	if (error)
		return error;
	error = netdev_master_upper_dev_link(vf, net, NULL, NULL, NULL);
	if (error) {
		netdev_rx_handler_unregister(vf);
		return error;
	}
	vf->flags |= IFF_SLAVE;
	call_netdevice_notifiers(NETDEV_JOIN, vf);
	return 0;
}

static int leave(struct net_device *net, struct net_device *vf)
{
	netdev_rx_handler_unregister(vf);
	netdev_upper_dev_unlink(vf, net);
	vf->flags &= ~IFF_SLAVE;
	return 0;
}

static int with_vf(struct net_device *net, const char *name,
		   int (*what)(struct net_device *, struct net_device *))
{
	struct net_device *vf;
	int error = -ENODEV;

	rtnl_lock();
	vf = __dev_get_by_name(&init_net, name);
	if (vf)
		error = what(net, vf);
	rtnl_unlock();
	return error;
}

static int add_reason(struct adapter *adapter, const char *name, u64 count)
{
	u32 i;

	for (i = 0; i < REASONS; i++) {
		if (strcmp(reasons[i], name) == 0) {
			adapter->reason[i] += count;
			return 0;
		}
	}
	return -EINVAL;
}

static void set_carrier(struct net_device *net, bool on)
{
	rtnl_lock();
	if (on)
		netif_carrier_on(net);
	else
		netif_carrier_off(net);
	rtnl_unlock();
}

/* Lines of a network device that its driver has. */
static int change_adapter(struct vmbus_device *device, const char *what, const char *rest)
{
	struct net_device *net = device->net;
	struct adapter *adapter = netdev_priv(net);
	char word[ETH_GSTRING_LEN];
	u64 packets, octets, multicasts;
	u32 number;

	if (strcmp(what, "carrier") == 0 && sscanf(rest, "%u", &number) == 1) {
		set_carrier(net, number != 0);
		return 0;
	}
	if (strcmp(what, "speed") == 0 && sscanf(rest, "%u", &number) == 1) {
		adapter->speed = number;
		return 0;
	}
	if (strcmp(what, "receive") == 0 &&
	    sscanf(rest, "%u %llu %llu %llu", &number, &packets, &octets, &multicasts) == 4 &&
	    number < adapter->channels) {
		adapter->channel[number].rx_packets += packets;
		adapter->channel[number].rx_octets += octets;
		adapter->channel[number].multicasts += multicasts;
		return 0;
	}
	if (strcmp(what, "send") == 0 &&
	    sscanf(rest, "%u %llu %llu", &number, &packets, &octets) == 3 &&
	    number < adapter->channels) {
		adapter->channel[number].tx_packets += packets;
		adapter->channel[number].tx_octets += octets;
		return 0;
	}
	if (strcmp(what, "receive-vf") == 0 && sscanf(rest, "%llu %llu", &packets, &octets) == 2) {
		adapter->reason[VF_RX_PACKETS] += packets;
		adapter->reason[VF_RX_OCTETS] += octets;
		return 0;
	}
	if (strcmp(what, "send-vf") == 0 && sscanf(rest, "%llu %llu", &packets, &octets) == 2) {
		adapter->reason[VF_TX_PACKETS] += packets;
		adapter->reason[VF_TX_OCTETS] += octets;
		return 0;
	}
	if (strcmp(what, "add") == 0 && sscanf(rest, "%31s %llu", word, &packets) == 2)
		return add_reason(adapter, word, packets);
	if (strcmp(what, "rebuild") == 0 && sscanf(rest, "%u", &number) == 1)
		return rebuild(device, number);
	if (strcmp(what, "join") == 0 && sscanf(rest, "%15s", word) == 1)
		return with_vf(net, word, join);
	if (strcmp(what, "leave") == 0 && sscanf(rest, "%15s", word) == 1)
		return with_vf(net, word, leave);
	return -EINVAL;
}

static int offer_line(const char *what, const char *name, const char *rest)
{
	static const u8 none[ETH_ALEN];
	u8 mac[ETH_ALEN];
	char class[UUID_STRING_LEN + 1];
	u32 relid, channels;

	if (strcmp(what, "offer-other") == 0) {
		if (sscanf(rest, "%u %36s", &relid, class) != 2)
			return -EINVAL;
		return offer(name, relid, 1, class, none);
	}
	if (sscanf(rest, "%u %u %hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &relid, &channels, &mac[0], &mac[1],
		   &mac[2], &mac[3], &mac[4], &mac[5]) != 8)
		return -EINVAL;
	return offer(name, relid, channels, NETWORK_CLASS, mac);
}

static int obey(const char *line)
{
	char what[16], name[UUID_STRING_LEN + 1];
	struct vmbus_device *device;
	int error, used = 0;

	if (sscanf(line, "%15s %36s %n", what, name, &used) < 2)
		return -EINVAL;
	if (strcmp(what, "offer") == 0 || strcmp(what, "offer-other") == 0)
		return offer_line(what, name, line + used);
	device = find(name);
	if (!device)
		return -ENODEV;
	error = 0;
	if (strcmp(what, "rescind") == 0)
		rescind(device);
	else
		error = device->net ? change_adapter(device, what, line + used) : -ENODEV;
	put_device(&device->dev);
	return error;
}

static ssize_t control_write(struct file *file, const char __user *from, size_t size, loff_t *offset)
{
	char line[160];
	int error;

	if (size >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, size))
		return -EFAULT;
	line[size] = '\0';
	mutex_lock(&control);
	error = obey(line);
	mutex_unlock(&control);
	return error ? error : size;
}

static const struct proc_ops control_ops = {
	.proc_write = control_write,
};

static int __init standin_init(void)
{
	int error = bus_register(&bus);

	if (error)
		return error;
	error = driver_register(&driver);
	if (error)
		goto no_driver;
	root = root_device_register("vmbus_standin");
	if (IS_ERR(root)) {
		error = PTR_ERR(root);
		goto no_root;
	}
	control_file = proc_create("vmbus_standin", 0600, NULL, &control_ops);
	if (!control_file) {
		error = -ENOMEM;
		goto no_control;
	}
	return 0;

no_control:
	root_device_unregister(root);
no_root:
	driver_unregister(&driver);
no_driver:
	bus_unregister(&bus);
	return error;
}

/* The guest ends with the test: a module that stays needs no way out. */
module_init(standin_init);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("A stand-in for VMBus and hv_netvsc, for tests of hvnet-subagent");
