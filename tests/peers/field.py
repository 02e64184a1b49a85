"""A filler behind a Modbus TCP server that is not ours (pymodbus): field.py PORT"""

import asyncio
import sys

from pymodbus.datastore import ModbusDeviceContext, ModbusSequentialDataBlock, ModbusServerContext
from pymodbus.server import StartAsyncTcpServer

SET_POINTS = [500, 5000, 42, 1200, 300, 180]


async def process(device):
    """Measured values follow the set points; bottles are filled."""
    bottles = 0
    while True:
        bottles += 1
        actual = device.getValues(3, 100, 6)
        device.setValues(4, 0, [2, *actual, bottles >> 16, bottles & 0xFFFF, bottles // 97])
        await asyncio.sleep(0.1)


async def main():
    block = lambda: ModbusSequentialDataBlock(0, [0] * 300)
    device = ModbusDeviceContext(di=block(), co=block(), hr=block(), ir=block())
    device.setValues(16, 100, SET_POINTS)
    asyncio.get_running_loop().create_task(process(device))
    context = ModbusServerContext(devices=device, single=True)
    await StartAsyncTcpServer(context, address=("127.0.0.1", int(sys.argv[1])))


asyncio.run(main())
