"""How engines, pools and connections are configured: values followed to where they are written."""
